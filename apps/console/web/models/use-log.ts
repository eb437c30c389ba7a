import { useEffect, useRef, useState } from 'react';
import { sendApi } from '../api/call-api.ts';
import { readEvents } from '../api/read-events.ts';
import { type LogLine, readLogLine } from './read-log-line.ts';

/** Lines that are asked for at first, and that are kept. */
const firstLines = 300;
const keptLines = 3_000;

export interface FollowedLog {
  readonly lines: readonly LogLine[];
  readonly state: 'connecting' | 'open' | 'ended';
  readonly error: unknown;
  /** Opens it again. */
  readonly again: () => void;
}

/** The last lines of a replica's log and those that come. */
export function useLog(replica: string): FollowedLog {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [state, setState] = useState<FollowedLog['state']>('connecting');
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const count = useRef(0);

  useEffect(() => {
    const leaving = new AbortController();
    let waiting: LogLine[] = [];
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const come = waiting;
      waiting = [];
      setLines((before) => [...before, ...come].slice(-keptLines));
    };
    const read = async (): Promise<void> => {
      const path = `/v1/kumiki/replicas/${encodeURIComponent(replica)}/logs`;
      const response = await sendApi(path, { query: { tail: firstLines, follow: true }, signal: leaving.signal });
      setState('open');
      for await (const line of readEvents(response)) {
        waiting.push(readLogLine(line, count.current++));
        // Many lines in one frame are drawn once.
        if (frame === 0) frame = requestAnimationFrame(draw);
      }
      setState('ended');
    };
    setLines([]);
    setError(null);
    setState('connecting');
    read().catch((thrown: unknown) => {
      if (leaving.signal.aborted) return;
      setError(thrown);
      setState('ended');
    });
    return () => {
      leaving.abort();
      cancelAnimationFrame(frame);
    };
  }, [replica, round]);

  return { lines, state, error, again: () => setRound((before) => before + 1) };
}
