import type { LlamaModel } from 'node-llama-cpp';
import type { NativeModel } from './native.ts';
import {
  bytesOfToken,
  isControlAttribute,
  isWholeText,
  mayStripBlanks,
  type TokenSpelling,
  type VocabularyKind,
} from './token-bytes.ts';
import type { WindowRules } from './window-cuts.ts';

export interface Vocabulary {
  readonly size: number;
  /** No token stands for more bytes of a text. */
  readonly longestTokenBytes: number;
  /** Texts of the control tokens, such as `<|im_start|>`. */
  readonly controlTexts: readonly string[];
  /** Those of them before which a text can be cut and tokenised in parts: they take no blanks before them away. */
  readonly cutTexts: readonly string[];
  /** Whether a text can be cut between words as well: no token reaches from a word over what parts it from the next. */
  readonly cutsBetweenWords: boolean;
  /** How texts without words are cut; null where they cannot be. */
  readonly windows: WindowRules | null;
  readonly tokenize: (text: string, special: boolean) => number[];
  readonly tokenBytes: (token: number) => Uint8Array;
  /** The bytes of a text that a token takes in it; of control tokens those of their own text, where they are read as such. */
  readonly bytesInText: (token: number, special: boolean) => Uint8Array;
  /** Begins a prompt with the token that the model wants there, unless it is there already. */
  withBeginning(tokens: number[]): number[];
  /** Ends an input with the token that an embedding model wants there, unless it is there already. */
  withEnd(tokens: number[]): number[];
}

/**
 * Vocabularies that leave characters of a text away, or have one token for any long word, have no longest token: theirs is
 * longer than any token of those that have one.
 */
const longestWhereAnyLength = 256;

export function createVocabulary(model: LlamaModel, native: NativeModel): Vocabulary {
  const texts = tokenTexts(model);
  const kind = kindOf(model);
  const bytes: (Uint8Array | undefined)[] = [];
  const { tokens } = model;
  const vocabularyType: string = model.vocabularyType;
  const isWordPiece = vocabularyType === 'wpm';
  const first = isWordPiece || tokens.shouldPrependBosToken ? tokens.bos : null;
  const last = isWordPiece ? tokens.sep : tokens.shouldAppendEosToken ? tokens.eos : null;
  const attributes = Uint16Array.from(texts, (_, token) => native.getTokenAttributes(token));
  const controlTokens = [...texts.keys()].filter((token) => isControlAttribute(attributes[token] ?? 0));
  const textsOf = (list: readonly number[]): string[] => list.map((token) => native.getTokenString(token));
  const tokenBytes = (token: number): Uint8Array => {
    if (!Number.isInteger(token) || token < 0 || token >= texts.length) return new Uint8Array(0);
    const spelling = { text: native.getTokenString(token), attributes: attributes[token] ?? 0 };
    return (bytes[token] ??= bytesOfToken(kind, spelling));
  };
  return {
    size: texts.length,
    longestTokenBytes:
      vocabularyType === 'bpe' || vocabularyType === 'spm' ? longestBytes(texts) : longestWhereAnyLength,
    controlTexts: textsOf(controlTokens),
    cutTexts: textsOf(controlTokens.filter((token) => ((attributes[token] ?? 0) & stripsLeft) === 0)),
    cutsBetweenWords:
      kind === 'bpe' &&
      !texts.some((text, token) => joinsWords({ text, attributes: attributes[token] ?? 0 })) &&
      !attributes.some((bits) => !isControlAttribute(bits) && mayStripBlanks(bits)),
    windows: windowRules(model, texts, attributes),
    tokenize: (text, special) => (text === '' ? [] : [...native.tokenize(text, special)]),
    bytesInText(token, special) {
      const isControl = special && isControlAttribute(attributes[token] ?? 0);
      return isControl ? Buffer.from(native.getTokenString(token), 'utf8') : tokenBytes(token);
    },
    tokenBytes,
    withBeginning: (input) => (first === null || input[0] === first ? input : [first, ...input]),
    withEnd: (input) => (last === null || input.at(-1) === last ? input : [...input, last]),
  };
}

/** Kinds of llama.cpp's vocabularies whose pattern takes a run of digits as one word. */
const digitsTogether = new Set(['gpt-2', 'mpt', 'olmo', 'jais', 'trillion', 'granite-docling', 'deepseek-llm']);

/** Whose pattern looks for whole words of capitals, or which have a tokenizer of their own that merges by other rules. */
const otherPatterns = new Set(['chameleon', 'kimi-k2']);

function windowRules(model: LlamaModel, texts: readonly string[], attributes: Uint16Array): WindowRules | null {
  const { model: name, pre } = model.fileInfo.metadata.tokenizer.ggml as { model?: string; pre?: string };
  const kind = name === 'gpt2' ? 'bpe' : name === 'llama' ? 'spm' : null;
  if (kind === null || otherPatterns.has(pre ?? '')) return null;
  return {
    kind,
    digitsTogether: digitsTogether.has(pre ?? ''),
    strips: attributes.some(mayStripBlanks),
    wholeTexts: texts.filter((_, token) => isWholeText(attributes[token] ?? 0)),
  };
}

/** Every token as the vocabulary spells it. */
function tokenTexts(model: LlamaModel): readonly string[] {
  const { tokens } = model.fileInfo.metadata.tokenizer.ggml;
  return Array.isArray(tokens) ? (tokens as string[]) : [];
}

/** A blank, a line feed, `。`, `、` and `，` behind something else, as tokens of this kind spell their bytes. */
const parting = /.(?: |\n|Ġ|Ċ|。|、|，|ãĢĤ|ãĢģ|ï¼Į)/;

function joinsWords(token: TokenSpelling): boolean {
  if (!parting.test(token.text)) return false;
  return /\p{L}[ 。、，]|[\p{L}\p{N}]\n/u.test(Buffer.from(bytesOfToken('bpe', token)).toString('utf8'));
}

/** A spelling has at least as many bytes as what it stands for. */
function longestBytes(texts: readonly string[]): number {
  let longest = 1;
  for (const text of texts) if (text.length * 3 > longest) longest = Math.max(longest, Buffer.byteLength(text));
  return longest;
}

function kindOf(model: LlamaModel): VocabularyKind {
  const kind: string = model.vocabularyType;
  if (kind === 'bpe') return 'bpe';
  return kind === 'spm' || kind === 'ugm' ? 'spm' : 'other';
}

/** llama.cpp's bit for tokens that take the blanks before them away. */
const stripsLeft = 128;
