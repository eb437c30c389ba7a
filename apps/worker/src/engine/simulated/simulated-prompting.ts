import type { Prompting } from '../prompting.ts';
import { render } from './chat-template.ts';
import { grammarText } from './script.ts';

export const simulatedPrompting: Prompting = {
  render,
  compileGrammar(spec) {
    grammarText(spec, 0);
    return spec;
  },
};
