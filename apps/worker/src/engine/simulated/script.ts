import { KumikiError } from '@kumiki/api';
import type { Grammar } from '../grammar.ts';
import { at, hashTokens } from './hash.ts';
import { sampleJson } from './json-sample.ts';
import { endToken, startToken, type Vocabulary } from './vocabulary.ts';

/**
 * The simulated model's answer to a prompt: a repeatable sequence of tokens that depends only on the prompt, on the
 * seed if the temperature is above 0, and on the position.
 *
 * Directives in the last user message steer it: `[[length=400]]` ends the answer after exactly 400 tokens,
 * `[[say=text]]` answers with that text, `[[tool=name]]` calls a tool with made-up arguments.
 */
export interface Script {
  /** The token at a position of the answer, null at its end. */
  tokenAt(position: number): number | null;
  /** Hash of everything that the answer depends on. */
  readonly key: number;
}

export interface ScriptInput {
  readonly prompt: readonly number[];
  readonly temperature: number;
  readonly seed: number;
  readonly grammar: Grammar | null;
}

/** How much of the last user message is searched for directives. */
const directiveTokenLimit = 16_384;

export function createScript(input: ScriptInput, vocabulary: Vocabulary): Script {
  const { turn, begun } = splitPrompt(input.prompt, vocabulary);
  const key = hashTokens(turn, input.temperature > 0 ? input.seed >>> 0 : 0);
  const tokens: number[] = [];
  let ended = false;
  const source = answerPieces(lastUserText(turn, vocabulary), key, input.grammar, vocabulary);
  const skip = { bytes: begun };

  return {
    key,
    tokenAt(position) {
      while (!ended && tokens.length <= position) {
        const piece = source.next();
        if (piece.done === true) ended = true;
        else for (const token of piece.value) pushUnseen(token, skip, tokens, vocabulary);
      }
      return tokens[position] ?? null;
    },
  };
}

/**
 * The prompt up to the beginning of the assistant's turn, and how many bytes of that turn it already contains: an
 * answer that is returned as text continues as it would have.
 */
function splitPrompt(prompt: readonly number[], vocabulary: Vocabulary): { turn: readonly number[]; begun: number } {
  const opening = [startToken, ...vocabulary.tokenize('assistant\n', false)];
  const start = prompt.lastIndexOf(startToken);
  const end = start + opening.length;
  if (start < 0 || opening.some((token, offset) => prompt[start + offset] !== token)) return { turn: prompt, begun: 0 };
  let begun = 0;
  for (let place = end; place < prompt.length; place++) begun += vocabulary.bytesOf(prompt[place] ?? 0).length;
  return { turn: prompt.slice(0, end), begun };
}

/** Skips bytes that are already in the prompt; a token that is partly there is emitted as its remaining bytes. */
function pushUnseen(token: number, skip: { bytes: number }, out: number[], vocabulary: Vocabulary): void {
  if (skip.bytes === 0) {
    out.push(token);
    return;
  }
  const bytes = vocabulary.bytesOf(token);
  out.push(...bytes.subarray(skip.bytes));
  skip.bytes = Math.max(0, skip.bytes - bytes.length);
}

function lastUserText(turn: readonly number[], vocabulary: Vocabulary): string {
  const role = [startToken, ...vocabulary.tokenize('user\n', false)];
  let begin = turn.lastIndexOf(startToken);
  while (begin >= 0 && role.some((token, offset) => turn[begin + offset] !== token)) {
    begin = begin === 0 ? -1 : turn.lastIndexOf(startToken, begin - 1);
  }
  const from = begin < 0 ? Math.max(0, turn.length - directiveTokenLimit) : begin + role.length;
  const stop = begin < 0 ? -1 : turn.indexOf(endToken, from);
  const tokens = turn.slice(from, Math.min(stop < 0 ? turn.length : stop, from + directiveTokenLimit));
  const bytes = tokens.flatMap((token) => [...vocabulary.bytesOf(token)]);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function* answerPieces(
  user: string,
  key: number,
  grammar: Grammar | null,
  vocabulary: Vocabulary,
): Generator<number[]> {
  const say = (text: string): number[] => vocabulary.tokenize(text, false);
  const spoken = /\[\[say=([\s\S]*?)\]\](?!\])/.exec(user)?.[1];
  const tool = /\[\[tool=([\w.-]+)\]\]/.exec(user)?.[1];
  const length = /\[\[length=(\d{1,7})\]\]/.exec(user)?.[1];
  if (grammar !== null) yield say(grammarText(grammar, key));
  else if (spoken !== undefined) yield say(spoken);
  else if (tool !== undefined) {
    const args = '{"simulated": true, "city": "東京 🎉", "list": [1, {"a": "}"}]}';
    yield say(`<tool_call>\n{"name": ${JSON.stringify(tool)}, "arguments": ${args}}\n</tool_call>`);
  } else yield* prose(length === undefined ? 32 + (key % 96) : Number(length), key, vocabulary);
}

/** An answer that the grammar allows. Throws KumikiError `invalid_value` for a schema without an answer. */
export function grammarText(grammar: Grammar, key: number): string {
  switch (grammar.kind) {
    case 'json':
      return sampleJson(
        { type: 'object', properties: { simulated: { const: true }, text: {}, list: { type: 'array' } } },
        key,
      );
    case 'json_schema':
      return sampleJson(grammar.schema, key);
    case 'wrapped_json_schema':
      return grammar.before + sampleJson(grammar.schema, key) + grammar.after;
    case 'gbnf':
      throw new KumikiError('engine_failed', { reason: 'the simulated engine takes schemas alone' });
  }
}

const rareWords = [' 組木', ' 日本語の文', ' 🎉', ' naïve', ' ことば', ' 👩‍🔧', ' №42'];

/** Sentences of made-up words with `length` tokens in all. */
function* prose(length: number, key: number, vocabulary: Vocabulary): Generator<number[]> {
  const rare = rareWords.map((word) => vocabulary.tokenize(word, false));
  const stop = vocabulary.tokenize('.', false);
  const paragraph = vocabulary.tokenize('.\n', false);
  let left = length;
  let afterWord = false;
  let piece = vocabulary.tokenize('Simulated answer:', false);
  for (let draws = 0; left > 0; draws += 1) {
    const word = [wordAt(key, draws, vocabulary)];
    if (piece.length > left) piece = Array.from({ length: left }, () => word[0] ?? 0);
    yield piece;
    left -= piece.length;
    const drawn = at(key, draws);
    const kind = drawn % 64;
    if (kind < 6 && afterWord) piece = kind < 5 ? stop : paragraph;
    else if (kind < 11) piece = rare[(drawn >>> 8) % rare.length] ?? word;
    else piece = word;
    afterWord = piece !== stop && piece !== paragraph;
  }
}

function wordAt(key: number, draw: number, vocabulary: Vocabulary): number {
  return vocabulary.firstWord + ((at(key, draw) >>> 8) % vocabulary.words);
}
