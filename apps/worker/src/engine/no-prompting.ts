import { KumikiError } from '@kumiki/api';
import type { Prompting } from './prompting.ts';

const chatless = (): never => {
  throw new KumikiError('engine_failed', { reason: 'this model makes embeddings only' });
};

/** Prompting of a model that makes embeddings only. */
export const noPrompting: Prompting = { render: chatless, compileGrammar: chatless };
