import type { ChatTemplateInput, TemplateMessage, TextPiece } from '../prompting.ts';

const start: TextPiece = { text: '<|im_start|>', plain: false };
const end: TextPiece = { text: '<|im_end|>', plain: false };

/** ChatML, with the tools listed as JSON in a separate system message. */
export function render(input: ChatTemplateInput): TextPiece[] {
  const pieces: TextPiece[] = [];
  const plain = (text: string): void => void pieces.push({ text, plain: true });
  if (input.tools !== null && input.tools.length > 0) {
    const list = input.tools.map((tool) => JSON.stringify(tool)).join('\n');
    pieces.push(start);
    plain(`system\n<tools>\n${list}\n</tools>`);
    pieces.push(end);
    plain('\n');
  }
  for (const [index, message] of input.messages.entries()) {
    const open = input.continueFinalMessage && index === input.messages.length - 1;
    pieces.push(start);
    plain(`${message.role}\n`);
    plain(contentOf(message));
    if (open) continue;
    pieces.push(end);
    plain('\n');
  }
  if (input.addGenerationPrompt) {
    pieces.push(start);
    plain('assistant\n');
  }
  return pieces;
}

function contentOf(message: TemplateMessage): string {
  const calls = (message.tool_calls ?? []).map(({ function: call }) => {
    const args = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
    return `<tool_call>\n{"name": ${JSON.stringify(call.name)}, "arguments": ${args}}\n</tool_call>`;
  });
  return [message.content, ...calls].filter((part) => part.length > 0).join('\n');
}
