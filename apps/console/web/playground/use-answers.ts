import { useCallback, useEffect, useRef, useState } from 'react';
import { type ChatBody, maxModels } from './playground-request.ts';
import { type Answer, streamAnswer } from './stream-answer.ts';

export interface Answers {
  /** By column; null where nothing was asked. */
  readonly answers: readonly (Answer | null)[];
  readonly run: (column: number, body: ChatBody) => void;
  readonly stop: (column: number) => void;
  /** Takes a column out; those after it move up. */
  readonly drop: (column: number) => void;
}

const nobody: readonly (Answer | null)[] = Array.from({ length: maxModels }, () => null);

/** The answers of all columns, streamed at once and drawn at most once a frame. Leaving the screen stops them. */
export function useAnswers(): Answers {
  const [answers, setAnswers] = useState(nobody);
  /** The received answers, ahead of what is rendered. A run keeps its place when its column moves. */
  const runs = useRef<{ answer: Answer; readonly controller: AbortController }[]>([]);
  const frame = useRef(0);

  const draw = useCallback((): void => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      setAnswers(nobody.map((_, column) => runs.current[column]?.answer ?? null));
    });
  }, []);

  const run = useCallback(
    (column: number, body: ChatBody): void => {
      runs.current[column]?.controller.abort();
      const controller = new AbortController();
      void streamAnswer(body, controller.signal, (answer) => {
        const own = runs.current.find((one) => one?.controller === controller);
        if (own !== undefined) own.answer = answer;
        else if (answer.state === 'waiting') runs.current[column] = { answer, controller };
        draw();
      });
    },
    [draw],
  );
  const stop = useCallback((column: number): void => runs.current[column]?.controller.abort(), []);
  const drop = useCallback(
    (column: number): void => {
      runs.current[column]?.controller.abort();
      // Holes stay holes: a column without a run has none after the move either.
      runs.current = Array.from(runs.current).toSpliced(column, 1);
      draw();
    },
    [draw],
  );

  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
      for (const one of runs.current) one?.controller.abort();
    },
    [],
  );
  return { answers, run, stop, drop };
}
