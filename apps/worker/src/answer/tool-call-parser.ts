import { createJsonEnd, type JsonEnd } from './json-end.ts';

export type ToolEvent =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'call'; readonly index: number; readonly name: string }
  | { readonly kind: 'arguments'; readonly index: number; readonly text: string };

/**
 * Reads tool calls out of a model's text while it is written:
 * `<tool_call>\n{"name": "f", "arguments": {…}}\n</tool_call>`, as Hermes and Qwen models write them. Several in a
 * row are parallel calls. Text outside calls stays content, and so does a call that is malformed or names no tool.
 */
export interface ToolCallParser {
  push(text: string, out: ToolEvent[]): void;
  /** Emits the held text. To be called when no more text can come. */
  end(out: ToolEvent[]): void;
  /** Calls whose arguments are complete. */
  readonly completeCalls: number;
  /** The last allowed call has ended; everything after it is ignored. */
  readonly done: boolean;
}

export interface ToolCallParserOptions {
  readonly names: ReadonlySet<string>;
  readonly maxCalls: number;
}

export const openTag = '<tool_call>';
export const closeTag = '</tool_call>';

/** A call whose arguments have not begun after this many characters is content. */
const headLimitCharacters = 16_384;
/** More white space than this before or after a call is content, because held text is read again with each piece. */
const heldLimitCharacters = 1_024;
const head = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)/;
/** What may follow the arguments: the brace and the closing tag, or any prefix of them. */
const tail = /^\s*(?:\}\s*)?(?:<\/tool_call>|<(?:\/(?:t(?:o(?:o(?:l(?:_(?:c(?:a(?:l(?:l)?)?)?)?)?)?)?)?)?)?$|$)/;

type State =
  | { readonly at: 'content'; held: string }
  | { readonly at: 'head'; buffer: string }
  | { readonly at: 'arguments'; readonly end: JsonEnd }
  | { readonly at: 'tail'; buffer: string };

interface Parsing {
  readonly options: ToolCallParserOptions;
  readonly out: ToolEvent[];
  state: State;
  begunCalls: number;
  completeCalls: number;
}

export function createToolCallParser(options: ToolCallParserOptions): ToolCallParser {
  const parsing: Parsing = { options, out: [], state: { at: 'content', held: '' }, begunCalls: 0, completeCalls: 0 };
  const done = (): boolean => parsing.completeCalls >= options.maxCalls;
  const give = (out: ToolEvent[]): void => void out.push(...parsing.out.splice(0));
  return {
    get completeCalls() {
      return parsing.completeCalls;
    },
    get done() {
      return done();
    },
    push(text, out) {
      let rest: string | null = text;
      while (rest !== null && rest.length > 0 && !done()) rest = step(parsing, rest);
      give(out);
    },
    end(out) {
      const { state } = parsing;
      if (done()) return;
      if (state.at === 'content') pushContent(parsing, state.held);
      else if (state.at === 'head' && !pushWholeCall(parsing, state.buffer)) {
        pushContent(parsing, openTag + state.buffer);
      }
      parsing.state = { at: 'content', held: '' };
      give(out);
    },
  };
}

/** Takes one step over the text and returns what is left to read, or null when more is needed. */
function step(parsing: Parsing, text: string): string | null {
  const { state } = parsing;
  switch (state.at) {
    case 'content':
      return readContent(parsing, state.held + text);
    case 'head':
      return readHead(parsing, state.buffer, text);
    case 'arguments':
      return readArguments(parsing, state.end, text);
    case 'tail':
      return readTail(parsing, state.buffer + text);
  }
}

function readContent(parsing: Parsing, text: string): string | null {
  const tag = text.indexOf(openTag);
  if (tag < 0) {
    const held = heldLength(text);
    const shown = text.length - (held > heldLimitCharacters ? tagLength(text) : held);
    pushContent(parsing, text.slice(0, shown));
    parsing.state = { at: 'content', held: text.slice(shown) };
    return null;
  }
  pushContent(parsing, text.slice(0, tag).trimEnd());
  parsing.state = { at: 'head', buffer: '' };
  return text.slice(tag + openTag.length);
}

function readHead(parsing: Parsing, buffer: string, piece: string): string | null {
  const text = buffer + piece;
  // Neither a head nor a closing tag is complete without one of these characters, so most pieces are only appended.
  if (text.length <= headLimitCharacters && !/[{>]/.test(piece)) {
    parsing.state = { at: 'head', buffer: text };
    return null;
  }
  const match = head.exec(text);
  if (match !== null) {
    const name = parseJson(match[1] ?? '');
    if (typeof name !== 'string' || !parsing.options.names.has(name)) return giveUp(parsing, text);
    parsing.out.push({ kind: 'call', index: parsing.begunCalls, name });
    parsing.begunCalls += 1;
    parsing.state = { at: 'arguments', end: createJsonEnd() };
    return text.slice(match[0].length);
  }
  const close = text.indexOf(closeTag);
  if (close >= 0) {
    if (!pushWholeCall(parsing, text.slice(0, close))) return giveUp(parsing, text);
    parsing.state = { at: 'content', held: '' };
    return text.slice(close + closeTag.length);
  }
  if (text.length > headLimitCharacters) return giveUp(parsing, text);
  parsing.state = { at: 'head', buffer: text };
  return null;
}

/** A call in another order of keys, or without arguments. */
function pushWholeCall(parsing: Parsing, text: string): boolean {
  const call = parseJson(text);
  if (typeof call !== 'object' || call === null || !('name' in call)) return false;
  const args: unknown = 'arguments' in call ? call.arguments : 'parameters' in call ? call.parameters : {};
  if (typeof call.name !== 'string' || !parsing.options.names.has(call.name)) return false;
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return false;
  const index = parsing.begunCalls;
  parsing.out.push({ kind: 'call', index, name: call.name });
  parsing.out.push({ kind: 'arguments', index, text: JSON.stringify(args) });
  parsing.begunCalls += 1;
  parsing.completeCalls += 1;
  return true;
}

function giveUp(parsing: Parsing, text: string): string {
  parsing.state = { at: 'content', held: '' };
  pushContent(parsing, openTag);
  return text;
}

function readArguments(parsing: Parsing, end: JsonEnd, text: string): string | null {
  const length = end.push(text);
  const index = parsing.begunCalls - 1;
  if (length > 0) parsing.out.push({ kind: 'arguments', index, text: text.slice(0, length) });
  if (!end.ended) return null;
  parsing.completeCalls += 1;
  parsing.state = { at: 'tail', buffer: '' };
  return text.slice(length);
}

function readTail(parsing: Parsing, text: string): string | null {
  const match = tail.exec(text);
  if (match === null || match[0].endsWith(closeTag) || text.length > heldLimitCharacters) {
    parsing.state = { at: 'content', held: '' };
    return text.slice(match === null || !match[0].endsWith(closeTag) ? 0 : match[0].length);
  }
  parsing.state = { at: 'tail', buffer: text };
  return null;
}

/** White space between calls is not content. */
function pushContent(parsing: Parsing, text: string): void {
  if (text.length === 0 || (parsing.begunCalls > 0 && text.trim().length === 0)) return;
  parsing.out.push({ kind: 'content', text });
}

/** Length of the text's end that may be white space before a call, or the beginning of its tag. */
function heldLength(text: string): number {
  return text.length - text.slice(0, text.length - tagLength(text)).trimEnd().length;
}

/** Length of the text's end that may be the beginning of a call's tag. */
function tagLength(text: string): number {
  for (let length = Math.min(openTag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(openTag.slice(0, length))) return length;
  }
  return 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
