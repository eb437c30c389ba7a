import { completionRequestSchema, unsupportedCompletionFields } from '@kumiki/api';
import { checkBody } from '@kumiki/service';
import type { FrameHead } from '../answer/frames.ts';
import { createTextFrames } from '../answer/text-frames.ts';
import { newCompletionId, seedOfId } from '../chat/answer-ids.ts';
import { planCompletion } from '../completion/plan-completion.ts';
import { createTextCollector } from '../completion/text-collector.ts';
import type { Serving } from '../serving.ts';
import { checkModel } from './check-model.ts';
import type { Exchange } from './exchange.ts';
import { readJson } from './read-json.ts';
import { replyAnswers } from './reply-answers.ts';

/** `POST /v1/completions`. */
export async function answerCompletions(serving: Serving, exchange: Exchange): Promise<void> {
  const body = checkBody(completionRequestSchema, await readJson(exchange.request), unsupportedCompletionFields);
  checkModel(serving, body.model, 'chat');
  const id = body.kumiki_continuation?.id ?? newCompletionId('cmpl');
  const { plan, echoes } = planCompletion(body, serving.engine, seedOfId(id));
  const usageAsked = body.stream_options?.include_usage === true;
  const head: FrameHead = {
    id,
    created: body.kumiki_continuation?.created ?? Math.floor(Date.now() / 1_000),
    model: serving.modelName,
    fingerprint: serving.engine.model.fingerprint,
    usageAsked,
  };
  await replyAnswers(serving, exchange, {
    plan,
    frames: createTextFrames(head, echoes),
    collector: createTextCollector(head, plan.choices.length, echoes),
    stream: body.stream === true,
    usageAsked,
  });
}
