import { chunkDocument } from '../chunk/chunk-document.ts';
import { lexemesOf } from '../lexical/lexemes.ts';
import { termsOf } from '../lexical/terms.ts';
import type { Format } from '../parse/detect-format.ts';
import { parseBytes } from '../parse/parse-bytes.ts';
import { encodeBatch, encodeEnd, type ReadChunk } from './read-reply.ts';
import type { ReadRequest } from './read-request.ts';
import { batchBytes, batchChunks, chunkLimit, segmentBytes } from './reading-limits.ts';

/**
 * Turns a document into chunks with their terms: everything whose cost its author chooses. So this runs where a time and a
 * memory limit can end it, and never on the thread that answers requests.
 * @param formats those that may be read here; another one is told as `elsewhere`.
 * @param write takes the reply line by line.
 */
export async function readDocument(
  data: Uint8Array,
  request: ReadRequest,
  write: (line: string) => void,
  formats?: ReadonlySet<Format>,
): Promise<void> {
  const parsed = await parseBytes(data, request.filename, formats);
  if (!parsed.ok) return write(encodeEnd(parsed));
  const chunks = chunkDocument(parsed.blocks, request);
  if (chunks.length > chunkLimit) {
    const message = `The document makes ${chunks.length} chunks; a file may have ${chunkLimit}. Split it, or choose larger chunks.`;
    return write(encodeEnd({ ok: false, code: 'invalid_file', message }));
  }
  let at = request.from;
  let bytes = 0;
  while (at < chunks.length && bytes < segmentBytes) {
    const batch: ReadChunk[] = [];
    let ofBatch = 0;
    while (at < chunks.length && batch.length < batchChunks && ofBatch < batchBytes) {
      const { text, page, headings } = chunks[at++] ?? { text: '', page: null, headings: [] };
      const terms = termsOf(text);
      batch.push({ text, page, headings, termCount: terms.length, terms: lexemesOf(request.store, terms) });
      ofBatch += Buffer.byteLength(text);
    }
    const line = encodeBatch(batch);
    bytes += Buffer.byteLength(line);
    write(line);
  }
  write(encodeEnd({ ok: true, format: parsed.format, total: chunks.length, next: at < chunks.length ? at : null }));
}
