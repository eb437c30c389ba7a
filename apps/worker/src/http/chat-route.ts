import { chatRequestSchema, unsupportedChatFields } from '@kumiki/api';
import { checkBody } from '@kumiki/service';
import { createChatFrames } from '../answer/chat-frames.ts';
import type { FrameHead } from '../answer/frames.ts';
import { newCompletionId, seedOfId, toolCallId } from '../chat/answer-ids.ts';
import { createChatCollector } from '../chat/chat-collector.ts';
import { planChat } from '../chat/plan-chat.ts';
import type { Serving } from '../serving.ts';
import { checkModel } from './check-model.ts';
import type { Exchange } from './exchange.ts';
import { readJson } from './read-json.ts';
import { replyAnswers } from './reply-answers.ts';

/** `POST /v1/chat/completions`. */
export async function answerChat(serving: Serving, exchange: Exchange): Promise<void> {
  const body = checkBody(chatRequestSchema, await readJson(exchange.request), unsupportedChatFields);
  checkModel(serving, body.model, 'chat');
  const id = body.kumiki_continuation?.id ?? newCompletionId('chatcmpl');
  const plan = planChat(body, serving.engine, seedOfId(id));
  const usageAsked = body.stream_options?.include_usage === true;
  const head: FrameHead = {
    id,
    created: body.kumiki_continuation?.created ?? Math.floor(Date.now() / 1_000),
    model: serving.modelName,
    fingerprint: serving.engine.model.fingerprint,
    usageAsked,
  };
  const callIdOf = (choice: number, call: number): string => toolCallId(head.id, choice, call);
  await replyAnswers(serving, exchange, {
    plan,
    frames: createChatFrames(head, callIdOf),
    collector: createChatCollector(head, plan.choices.length, callIdOf),
    stream: body.stream === true,
    usageAsked,
  });
}
