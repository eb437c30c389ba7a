import type { LlamaModel } from 'node-llama-cpp';
import type { NativeModel } from './native.ts';
import { bytesOfToken, isControlAttribute, type VocabularyKind } from './token-bytes.ts';

export interface Vocabulary {
  readonly size: number;
  /** Texts of the control tokens, such as `<|im_start|>`. */
  readonly controlTexts: readonly string[];
  /** Those of them before which a text can be cut and tokenised in parts: they take no blanks before them away. */
  readonly cutTexts: readonly string[];
  readonly tokenize: (text: string, special: boolean) => number[];
  readonly tokenBytes: (token: number) => Uint8Array;
  /** Begins a prompt with the token that the model wants there, unless it is there already. */
  withBeginning(tokens: number[]): number[];
  /** Ends an input with the token that an embedding model wants there, unless it is there already. */
  withEnd(tokens: number[]): number[];
}

export function createVocabulary(model: LlamaModel, native: NativeModel): Vocabulary {
  const size = vocabularySize(model);
  const kind = kindOf(model);
  const bytes: (Uint8Array | undefined)[] = [];
  const { tokens } = model;
  const vocabularyType: string = model.vocabularyType;
  const isWordPiece = vocabularyType === 'wpm';
  const first = isWordPiece || tokens.shouldPrependBosToken ? tokens.bos : null;
  const last = isWordPiece ? tokens.sep : tokens.shouldAppendEosToken ? tokens.eos : null;
  return {
    size,
    controlTexts: controlTextsOf(native, size, isControlAttribute),
    cutTexts: controlTextsOf(native, size, (bits) => isControlAttribute(bits) && (bits & stripsLeft) === 0),
    tokenize: (text, special) => (text === '' ? [] : [...native.tokenize(text, special)]),
    tokenBytes(token) {
      if (!Number.isInteger(token) || token < 0 || token >= size) return new Uint8Array(0);
      return (bytes[token] ??= bytesOfToken(kind, {
        text: native.getTokenString(token),
        attributes: native.getTokenAttributes(token),
      }));
    },
    withBeginning: (input) => (first === null || input[0] === first ? input : [first, ...input]),
    withEnd: (input) => (last === null || input.at(-1) === last ? input : [...input, last]),
  };
}

function vocabularySize(model: LlamaModel): number {
  const { tokens } = model.fileInfo.metadata.tokenizer.ggml;
  return Array.isArray(tokens) ? tokens.length : 0;
}

function kindOf(model: LlamaModel): VocabularyKind {
  const kind: string = model.vocabularyType;
  if (kind === 'bpe') return 'bpe';
  return kind === 'spm' || kind === 'ugm' ? 'spm' : 'other';
}

/** llama.cpp's bit for tokens that take the blanks before them away. */
const stripsLeft = 128;

function controlTextsOf(native: NativeModel, size: number, wanted: (attributes: number) => boolean): string[] {
  const texts: string[] = [];
  for (let token = 0; token < size; token++)
    if (wanted(native.getTokenAttributes(token))) texts.push(native.getTokenString(token));
  return texts;
}
