import { createChatCollector } from '../answer/chat-collector.ts';
import { createChatFrames } from '../answer/chat-frames.ts';
import type { Collector } from '../answer/collector.ts';
import type { FrameHead, Frames } from '../answer/frames.ts';
import { createTextCollector } from '../answer/text-collector.ts';
import { createTextFrames } from '../answer/text-frames.ts';
import { toolCallId } from '../generation/answer-ids.ts';
import { tokenizeDraft } from '../generation/tokenize-draft.ts';
import type { Exchange } from './exchange.ts';
import { prepareBody } from './prepare-body.ts';
import { replyAnswers } from './reply-answers.ts';
import type { Serving } from './serving.ts';

/** `POST /v1/chat/completions`. */
export function answerChat(serving: Serving, exchange: Exchange): Promise<void> {
  return answer(serving, exchange, 'chat', (head, echoes) => {
    const callIdOf = (choice: number, call: number): string => toolCallId(head.id, choice, call);
    return {
      frames: createChatFrames(head, callIdOf),
      collector: createChatCollector(head, echoes.length, callIdOf),
    };
  });
}

/** `POST /v1/completions`. */
export function answerCompletions(serving: Serving, exchange: Exchange): Promise<void> {
  return answer(serving, exchange, 'completion', (head, echoes) => ({
    frames: createTextFrames(head, echoes),
    collector: createTextCollector(head, echoes),
  }));
}

/** The wire format of the answers of a request. */
interface Shape {
  readonly frames: Frames;
  readonly collector: Collector;
}

async function answer(
  serving: Serving,
  exchange: Exchange,
  kind: 'chat' | 'completion',
  shapeOf: (head: FrameHead, echoes: readonly string[]) => Shape,
): Promise<void> {
  const { engine, facts } = serving;
  const draft = await prepareBody(serving, exchange, kind);
  const { plan, echoes } = await serving.inSlices(tokenizeDraft(draft, engine), exchange.signal);
  const { id, created, stream, usageAsked } = draft;
  const head: FrameHead = { id, created, model: facts.modelName, fingerprint: engine.model.fingerprint, usageAsked };
  await replyAnswers(serving, exchange, { plan, ...shapeOf(head, echoes), stream, usageAsked });
}
