import type { ChatTemplateSpec, Prompting } from '../prompting.ts';
import { createChatRenderer } from './chat-template.ts';
import { grammarText } from './grammar-from-schema.ts';

/** Prompts of a model by its template, grammars as llama.cpp reads them. Throws an Error when the template does not parse. */
export function createLlamaPrompting(template: ChatTemplateSpec): Prompting {
  return {
    render: createChatRenderer(template),
    compileGrammar: (spec) => ({ kind: 'gbnf', text: grammarText(spec) }),
  };
}
