import { Template } from '@huggingface/jinja';
import { KumikiError } from '@kumiki/api';
import type { ChatTemplateInput, ChatTemplateSpec, TemplateMessage, TextPiece } from '../prompting.ts';
import { guardControlText } from './control-text.ts';

export type ChatRenderer = (input: ChatTemplateInput) => readonly TextPiece[];

/** The format that most models without a template were trained on or understand. Has no tools. */
const chatMl = `{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`;

/**
 * Renders conversations by the model's template. To continue the final message, the text is cut right after that
 * message's content, so that the model continues in the middle of it. Throws an Error when the template does not parse;
 * the renderer throws KumikiError `invalid_value` when it refuses a conversation.
 */
export function createChatRenderer(options: ChatTemplateSpec): ChatRenderer {
  const template = new Template(options.source ?? chatMl);
  return (input) => {
    const { messages, tools } = input;
    const guard = guardControlText({ messages: messages.map(forTemplate), tools }, options.controlTexts);
    const marked = input.continueFinalMessage ? markFinal(guard.guarded.messages, guard.mark) : guard.guarded.messages;
    const rendered = render(template, {
      messages: marked,
      tools: guard.guarded.tools,
      add_generation_prompt: input.addGenerationPrompt && !input.continueFinalMessage,
      bos_token: options.bosText,
      eos_token: options.eosText,
    });
    return guard.split(input.continueFinalMessage ? cutAtMark(rendered, guard.mark) : rendered);
  };
}

/** The API has a call's arguments as JSON text; templates expect the value. Text that is not JSON stays text. */
function forTemplate(message: TemplateMessage): TemplateMessage {
  if (message.tool_calls === undefined) return message;
  return {
    ...message,
    tool_calls: message.tool_calls.map((call) => ({
      ...call,
      function: { ...call.function, arguments: parsed(call.function.arguments) },
    })),
  };
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function markFinal(messages: readonly TemplateMessage[], mark: string): TemplateMessage[] {
  const last = messages.at(-1);
  if (last === undefined || last.role !== 'assistant')
    throw new KumikiError('invalid_value', {
      param: 'continue_final_message',
      reason: 'the last message is not an assistant message',
    });
  return [...messages.slice(0, -1), { ...last, content: last.content + mark }];
}

function cutAtMark(rendered: string, mark: string): string {
  const end = rendered.lastIndexOf(mark);
  if (end < 0)
    throw new KumikiError('invalid_value', {
      param: 'continue_final_message',
      reason: "the model's chat template does not show the content of the last message",
    });
  return rendered.slice(0, end).replaceAll(mark, '');
}

function render(template: Template, variables: Record<string, unknown>): string {
  try {
    return template.render(variables);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KumikiError(
      'invalid_value',
      { param: 'messages', reason: `the model's chat template refuses them (${reason})` },
      { cause: error },
    );
  }
}
