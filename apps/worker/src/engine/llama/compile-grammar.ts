import { KumikiError } from '@kumiki/api';
import type { Grammar } from '../grammar.ts';
import { grammarText } from './grammar-from-schema.ts';
import type { NativeBindings, NativeGrammar, NativeGrammarState, NativeModel } from './native.ts';

/** Compiled grammars kept for the next request of the same schema. */
const cacheLimit = 32;

export interface GrammarCompiler {
  /**
   * A new grammar state that has accepted `resume`. Native code cannot be interrupted while it parses a grammar or
   * makes a state, so each of these is a step, and so is each token. Throws KumikiError `invalid_value`.
   */
  start(spec: Grammar, resume: readonly number[]): Generator<void, NativeGrammarState, void>;
  /** Throws KumikiError `invalid_value` when it cannot be compiled. */
  check(spec: Grammar): void;
}

export function createGrammarCompiler(bindings: NativeBindings, model: NativeModel): GrammarCompiler {
  const cache = new Map<string, NativeGrammar>();

  function compile(gbnf: string): NativeGrammar {
    const cached = cache.get(gbnf);
    if (cached !== undefined) cache.delete(gbnf);
    const grammar = cached ?? parse(gbnf);
    cache.set(gbnf, grammar);
    for (const oldest of cache.keys()) {
      if (cache.size <= cacheLimit) break;
      cache.delete(oldest);
    }
    return grammar;
  }

  function parse(gbnf: string): NativeGrammar {
    try {
      return new bindings.AddonGrammar(gbnf, { addonExports: bindings });
    } catch (error) {
      throw new KumikiError(
        'invalid_value',
        { param: 'response_format', reason: 'the schema cannot be turned into a grammar' },
        { cause: error },
      );
    }
  }

  return {
    check(spec) {
      compile(grammarText(spec));
    },
    *start(spec, resume) {
      const grammar = compile(grammarText(spec));
      yield;
      const state = new bindings.AddonGrammarEvaluationState(model, grammar);
      for (const token of resume) {
        yield;
        acceptToken(bindings, state, token);
      }
      return state;
    },
  };
}

function acceptToken(bindings: NativeBindings, state: NativeGrammarState, token: number): void {
  const fits = bindings.AddonSampler.canBeNextTokenForGrammarEvaluationState(state, token);
  if (!fits)
    throw new KumikiError('invalid_value', { param: 'resume', reason: 'its tokens do not fit the response format' });
  bindings.AddonSampler.acceptGrammarEvaluationStateToken(state, token);
}
