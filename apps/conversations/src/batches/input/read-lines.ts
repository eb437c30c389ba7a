import { batchLimits } from '../rows/limits.ts';

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export type InputLine =
  | { readonly number: number; readonly bytes: Buffer }
  /** A line above the limit, without its bytes; or the point where the file exceeds its limit. */
  | { readonly number: number; readonly bytes: null; readonly tooLarge: 'line' | 'file' };

/** The lines of a file as they arrive, numbered from 1. Holds one line at a time and skips blank ones. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: { readonly lineBytes: number; readonly inputBytes: number } = batchLimits,
): AsyncGenerator<InputLine, void, void> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 1;
  let total = 0;

  const finish = (): InputLine | null => {
    const tooLarge = length > limits.lineBytes;
    const bytes = tooLarge ? Buffer.alloc(0) : trim(Buffer.concat(parts), number === 1);
    parts = [];
    length = 0;
    const at = number++;
    if (tooLarge) return { number: at, bytes: null, tooLarge: 'line' };
    return bytes.length === 0 ? null : { number: at, bytes };
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= limits.lineBytes) parts.push(part);
    else parts = [];
  };

  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    total += buffer.length;
    if (total > limits.inputBytes) return yield { number, bytes: null, tooLarge: 'file' };
    let start = 0;
    for (let end = buffer.indexOf(lineFeed); end >= 0; end = buffer.indexOf(lineFeed, start)) {
      add(buffer.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line !== null) yield line;
    }
    add(buffer.subarray(start));
  }
  const line = finish();
  if (line !== null) yield line;
}

function trim(line: Buffer, isFirst: boolean): Buffer {
  const start = isFirst && line.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  let end = line.length;
  while (end > start && (line[end - 1] === carriageReturn || line[end - 1] === 32 || line[end - 1] === 9)) end--;
  return line.subarray(start, end);
}
