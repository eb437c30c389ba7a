import { randomBytes } from 'node:crypto';
import type { Database } from '@kumiki/postgres';
import type { GatewayClient } from '@kumiki/service';
import { z } from 'zod';
import type { BatchRow, ResultFile } from '../rows/batch.ts';
import { readResults } from './read-results.ts';

/**
 * Uploads a result file on behalf of the batch's key, as a stream, and returns its id. A driver that takes over may
 * upload the same file again: with the same Idempotency-Key the file service returns the existing file.
 */
export async function uploadResults(
  context: { readonly database: Database; readonly gateway: GatewayClient; readonly batch: BatchRow },
  file: ResultFile,
  signal: AbortSignal,
): Promise<string> {
  const { database, gateway, batch } = context;
  const boundary = `kumiki-${randomBytes(16).toString('hex')}`;
  const { id } = await gateway.json(
    {
      method: 'POST',
      path: '/v1/files',
      stream: {
        contentType: `multipart/form-data; boundary=${boundary}`,
        data: multipart(boundary, fieldsOf(batch), `${batch.id}_${file}.jsonl`, readResults(database, batch, file)),
      },
      keyId: batch.key_id,
      lowPriority: true,
      idempotencyKey: `${batch.id}-${file}`,
      signal,
    },
    z.object({ id: z.string() }),
  );
  return id;
}

function fieldsOf(batch: BatchRow): Readonly<Record<string, string>> {
  return {
    purpose: 'batch_output',
    ...(batch.output_expires_after === null
      ? {}
      : { 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': String(batch.output_expires_after) }),
  };
}

/** A body of `multipart/form-data`: the fields, then one file (RFC 7578). */
async function* multipart(
  boundary: string,
  fields: Readonly<Record<string, string>>,
  filename: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  for (const [name, value] of Object.entries(fields)) {
    yield Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  }
  const disposition = `content-disposition: form-data; name="file"; filename="${filename}"`;
  yield Buffer.from(`--${boundary}\r\n${disposition}\r\ncontent-type: application/jsonl\r\n\r\n`);
  yield* content;
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
