import type { Engine } from '../engine/engine.ts';
import type { ChatTemplateInput } from '../engine/prompting.ts';

/** The rendered text of a conversation. */
export function promptText(engine: Engine, input: ChatTemplateInput): string {
  return engine.prompting
    .render(input)
    .map(({ text }) => text)
    .join('');
}

/** The tokens of a conversation, at once. */
export function promptTokens(engine: Engine, input: ChatTemplateInput): number[] {
  return resultOf(engine.tokenizePieces(engine.prompting.render(input), true));
}

function resultOf<Result>(steps: Generator<unknown, Result, void>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
