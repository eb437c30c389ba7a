import { KumikiError } from '@kumiki/api';
import type { GatewayClient } from '@kumiki/service';
import type { Item } from '../answer/response-object.ts';
import { buildChat, type ChatBody } from '../prompt/build-chat.ts';
import { buildMessages } from '../prompt/build-messages.ts';
import { dropOldest } from '../prompt/drop-oldest.ts';
import { passageBudgets, withPassages } from '../prompt/number-passages.ts';
import { askModel, type ModelAnswer } from './ask-model.ts';
import type { RunRecord, SearchOutcome } from './run.ts';

/** Most times that a prompt is shortened to make it fit. */
const maxShortenings = 12;

/** Share of the prompt to keep when the refusal does not say by how much it was too long. */
const blindShare = 0.7;
/** Safety factor, since tokens are not spread evenly over characters. */
const margin = 0.95;

export interface OpenedAnswer {
  readonly chat: ChatBody;
  readonly answer: ModelAnswer;
}

/**
 * Begins an answer. A prompt that is too long for the model is shortened: first the passages of a search, then, with
 * `truncation: auto`, the oldest turns. Throws KumikiError when the model refuses, or nothing more can be removed.
 */
export async function openAnswer(
  gateway: GatewayClient,
  run: RunRecord,
  context: readonly Item[],
  search: SearchOutcome | null,
  signal: AbortSignal,
): Promise<OpenedAnswer> {
  let items: readonly Item[] = [...context, ...run.input];
  let step = 0;
  for (let attempt = 0; ; attempt++) {
    const texts = search?.passages.map(({ text }) => text) ?? [];
    const messages = withPassages(buildMessages(run.request.instructions ?? null, items), texts, step);
    const chat = buildChat(run.request, messages);
    try {
      return { chat, answer: await askModel(gateway, run, chat, null, signal) };
    } catch (error) {
      if (!(error instanceof KumikiError) || error.code !== 'context_length_exceeded') throw error;
      if (attempt >= maxShortenings) throw error;
      if (texts.length > 0 && step + 1 < passageBudgets) {
        step++;
        continue;
      }
      const shorter = run.request.truncation === 'auto' ? dropOldest(items, shareThatFits(error.message)) : null;
      if (shorter === null) throw error;
      items = shorter;
    }
  }
}

/** The share of a prompt that would fit, from the numbers in the model server's refusal. */
function shareThatFits(message: string): number {
  const room = Number(/maximum context length is (\d+) tokens/.exec(message)?.[1] ?? 0);
  const asked = Number(/(?:asks for|requested|resulted in|has|contains at least) (\d+)/.exec(message)?.[1] ?? 0);
  return room > 0 && asked > room ? (room / asked) * margin : blindShare;
}
