import type { BlockWriter } from '../blocks/block-writer.ts';
import { tooLong } from '../blocks/block-writer.ts';
import { jsonDepthLimit, textCharacterLimit } from '../blocks/parse-limits.ts';
import { Unreadable } from '../blocks/parse-result.ts';

/** A JSON document as lines of `path: value`, so that every line can be understood by itself. */
export function parseJson(text: string, writer: BlockWriter): void {
  const value = readJson(text.trim(), 'The file is not valid JSON');
  // The elements of a list become separate blocks.
  if (Array.isArray(value)) for (const member of value) writer.add('text', linesOf(member));
  else writer.add('text', linesOf(value));
}

/** One JSON document in each line. */
export function parseJsonLines(text: string, writer: BlockWriter): void {
  let number = 0;
  for (const line of text.split(/\r?\n/)) {
    number++;
    if (line.trim() !== '') writer.add('text', linesOf(readJson(line, `Line ${number} is not valid JSON`)));
  }
}

function readJson(text: string, complaint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`${complaint}: ${reasonOf(error)}.`);
  }
}

/** Node's message without the excerpt of the text, which may be long or secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof SyntaxError)) return 'it nests too deep';
  const position = / at position (\d+)/.exec(error.message)?.[1];
  return position === undefined ? 'it ends too early or holds a stray character' : `a stray character at ${position}`;
}

interface Pending {
  readonly path: string;
  readonly value: unknown;
  readonly depth: number;
}

/** Without recursion, in the order of the document. */
function linesOf(root: unknown): string {
  const lines: string[] = [];
  const stack: Pending[] = [{ path: '', value: root, depth: 0 }];
  let characters = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { path, value, depth } = next;
    if (typeof value === 'object' && value !== null) {
      if (depth >= jsonDepthLimit) throw new Unreadable(`The JSON nests deeper than ${jsonDepthLimit} levels.`);
      const scalars = Array.isArray(value) && value.every((member) => typeof member !== 'object' || member === null);
      if (scalars) stack.push({ path, value: value.map(String).join(', '), depth });
      else for (const [key, member] of Object.entries(value).toReversed()) stack.push(inside(path, key, member, depth));
    } else {
      const line = path === '' ? String(value) : `${path}: ${String(value)}`;
      characters += line.length + 1;
      if (characters > textCharacterLimit) throw new Unreadable(tooLong);
      lines.push(line);
    }
  }
  return lines.join('\n');
}

function inside(path: string, key: string, value: unknown, depth: number): Pending {
  return { path: path === '' ? key : `${path}.${key}`, value, depth: depth + 1 };
}
