import type { ChatTemplateInput, TemplateMessage } from '../engine.ts';
import { endToken, startToken, type Vocabulary } from './vocabulary.ts';

/** A piece of a rendered conversation: a control token, or text in which nothing is one. */
type Piece = number | string;

/** ChatML, the tools listed as JSON in a system message of their own. */
function render(input: ChatTemplateInput): Piece[] {
  const pieces: Piece[] = [];
  if (input.tools !== null && input.tools.length > 0) {
    const list = input.tools.map((tool) => JSON.stringify(tool)).join('\n');
    pieces.push(startToken, `system\n<tools>\n${list}\n</tools>`, endToken, '\n');
  }
  for (const [index, message] of input.messages.entries()) {
    const open = input.continueFinalMessage && index === input.messages.length - 1;
    pieces.push(startToken, `${message.role}\n`, contentOf(message));
    if (!open) pieces.push(endToken, '\n');
  }
  if (input.addGenerationPrompt) pieces.push(startToken, 'assistant\n');
  return pieces;
}

function contentOf(message: TemplateMessage): string {
  const calls = (message.tool_calls ?? []).map(({ function: call }) => {
    const args = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
    return `<tool_call>\n{"name": ${JSON.stringify(call.name)}, "arguments": ${args}}\n</tool_call>`;
  });
  return [message.content, ...calls].filter((part) => part.length > 0).join('\n');
}

export function renderText(input: ChatTemplateInput): string {
  return render(input)
    .map((piece) => (typeof piece === 'string' ? piece : piece === startToken ? '<|im_start|>' : '<|im_end|>'))
    .join('');
}

export function renderTokens(input: ChatTemplateInput, vocabulary: Vocabulary): number[] {
  return render(input).flatMap((piece) => (typeof piece === 'string' ? vocabulary.tokenize(piece, false) : [piece]));
}
