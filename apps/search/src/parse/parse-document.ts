import { decodeText, looksBinary } from './decode-text.ts';
import { detectBinary, detectText, type Format } from './detect-format.ts';
import { parseBytes } from './parse-bytes.ts';
import { documentBytesLimit, inlineBytesLimit, parsersAtOnce, waitingLimit } from './parse-limits.ts';
import type { ParseResult } from './parse-result.ts';
import { runParser } from './run-parser.ts';
import { createSlots } from './slots.ts';

export type { ParsedBlock, ParseResult } from './parse-result.ts';

const slots = createSlots({ atOnce: parsersAtOnce, waiting: waitingLimit });

/** Formats whose parsers are a pass over the lines. */
const inlineFormats: ReadonlySet<Format> = new Set<Format>(['text', 'markdown', 'code']);

/**
 * Turns a file into blocks of text in reading order. A file that cannot be read is an outcome, not an error; whatever
 * it does to its parser, it fails alone. Rejects only with the signal's reason.
 */
export async function parseDocument(
  document: { readonly data: Uint8Array; readonly filename: string },
  signal?: AbortSignal,
): Promise<ParseResult> {
  signal?.throwIfAborted();
  const { data, filename } = document;
  if (data.byteLength > documentBytesLimit)
    return {
      ok: false,
      code: 'invalid_file',
      message: `The file is larger than ${documentBytesLimit} bytes, the most that can be searched. Split it.`,
    };
  if (isInline(data, filename)) return parseBytes(data, filename);
  const giveBack = await slots.take(signal);
  if (giveBack === null)
    return { ok: false, code: 'server_error', message: 'Too many documents wait to be read. Try again later.' };
  try {
    return await runParser(document, signal);
  } finally {
    giveBack();
  }
}

function isInline(data: Uint8Array, filename: string): boolean {
  if (detectBinary(data) !== null) return false;
  // A file of no known kind is refused by its first bytes.
  if (looksBinary(data)) return true;
  if (data.byteLength > inlineBytesLimit) return false;
  const text = decodeText(data);
  return text === null || inlineFormats.has(detectText(text, filename));
}
