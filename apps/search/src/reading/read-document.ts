import { chunkDocument } from '../chunk/chunk-document.ts';
import { lexemesOf } from '../lexical/lexemes.ts';
import { termsOf } from '../lexical/terms.ts';
import type { Format } from '../parse/detect-format.ts';
import { parseBytes } from '../parse/parse-bytes.ts';
import { encodeBatch, encodeEnd, type ReadChunk } from './read-reply.ts';
import type { ReadRequest } from './read-request.ts';
import { batchBytes, batchChunks, chunkLimit, segmentBytes } from './reading-limits.ts';

/**
 * Turns a document into chunks with their terms. The document's author controls the cost, so this runs under time and
 * memory limits, and never on the thread that serves requests.
 * @param formats that may be parsed here; others give `elsewhere`.
 * @param write receives the reply line by line.
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
