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
  /** The most bytes of a text that one token stands for. */
  readonly longestTokenBytes: number;
  /** Texts of the control tokens, such as `<|im_start|>`. */
  readonly controlTexts: readonly string[];
  /**
   * Those of them before which a text can be cut and tokenised in parts, since they do not remove white space before
   * them.
   */
  readonly cutTexts: readonly string[];
  /** Whether a text can also be cut between words: no token spans a word and the separator after it. */
  readonly cutsBetweenWords: boolean;
  /** How texts without words are cut; null when they cannot be. */
  readonly windows: WindowRules | null;
  readonly tokenize: (text: string, special: boolean) => number[];
  readonly tokenBytes: (token: number) => Uint8Array;
  /** The bytes of a text that a token covers; for control tokens those of their own text, if they are read as such. */
  readonly bytesInText: (token: number, special: boolean) => Uint8Array;
  /** Prepends the token that the model expects at the beginning of a prompt, unless it is already there. */
  withBeginning(tokens: number[]): number[];
  /** Appends the token that an embedding model expects at the end of an input, unless it is already there. */
  withEnd(tokens: number[]): number[];
}

/**
 * Stands in for the longest token of vocabularies that have none, because they drop characters of a text or have one
 * token for any long word. Longer than the longest token of all others.
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

/** Kinds whose pattern matches whole words of capitals, or whose own tokenizer merges by other rules. */
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

/** A blank, a line feed, `。`, `、` or `，` after another character, in the spelling that tokens of this kind have. */
const parting = /.(?: |\n|Ġ|Ċ|。|、|，|ãĢĤ|ãĢģ|ï¼Į)/;

function joinsWords(token: TokenSpelling): boolean {
  if (!parting.test(token.text)) return false;
  return /\p{L}[ 。、，]|[\p{L}\p{N}]\n/u.test(Buffer.from(bytesOfToken('bpe', token)).toString('utf8'));
}

/** A spelling has at least as many bytes as the text that it stands for. */
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

/** llama.cpp's bit for tokens that remove white space before them. */
const stripsLeft = 128;
