import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { fileFormSchema, fileLimits, KumikiError } from '@kumiki/api';
import { checkBody } from '@kumiki/service';
import type { FastifyRequest } from 'fastify';
import type { ObjectStore } from '../objects/object-store.ts';
import type { UploadRoom } from '../quota/upload-room.ts';
import { formParts } from './form-parts.ts';
import { watchPace } from './watch-pace.ts';

/** Limits of an upload's form; the limit of the file is in the contract. */
const formLimits = { files: 1, fields: 8, parts: 16, fieldSize: 1_024, fieldNameSize: 128, headerPairs: 64 };

const defaultFilename = 'upload';

export interface Upload {
  readonly filename: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly purpose: string;
  readonly expiresAfterSeconds: number | null;
}

/**
 * Reads the form of `POST /v1/files` and streams the file into the object store. The fields may come after the file, so
 * they are checked after it is stored; a refused form leaves nothing behind.
 * @param id of the object to write.
 * @param room is reserved as bytes arrive.
 */
export async function receiveUpload(
  request: FastifyRequest,
  objects: ObjectStore,
  id: string,
  room: UploadRoom,
): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new KumikiError('invalid_value', { param: 'file', reason: 'send the file as multipart/form-data' });
  }
  const fields: Record<string, string> = {};
  let stored: Pick<Upload, 'filename' | 'bytes' | 'sha256'> | null = null;
  try {
    const parts = request.parts({ limits: { ...formLimits, fileSize: fileLimits.bytes } });
    for await (const part of formParts(parts, request.raw)) {
      if (part.type === 'file') {
        if (part.fieldname !== 'file') throw new KumikiError('unknown_parameter', { param: part.fieldname });
        const measured = measure(part.file, room);
        await objects.write(id, measured.pieces);
        stored = { filename: cleanFilename(part.filename), ...measured.result() };
      } else {
        if (part.valueTruncated || part.fieldnameTruncated) {
          throw new KumikiError('invalid_value', { param: part.fieldname, reason: 'it is too long' });
        }
        fields[part.fieldname] = String(part.value);
      }
    }
    const form = checkBody(fileFormSchema, fields, {});
    if (stored === null) throw new KumikiError('invalid_value', { param: 'file', reason: 'it is missing' });
    return { ...stored, purpose: form.purpose, expiresAfterSeconds: form['expires_after[seconds]'] ?? null };
  } catch (error) {
    if (stored !== null) await objects.remove(id).catch(() => {});
    throw translate(error);
  }
}

/** Counts and digests a stream as it passes. A stream that was truncated at the limit fails at its end. */
function measure(file: Readable & { readonly truncated: boolean }, room: UploadRoom) {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of watchPace(file as AsyncIterable<Buffer>)) {
      bytes += piece.length;
      await room.has(bytes);
      hash.update(piece);
      yield piece;
    }
    if (file.truncated) throw new KumikiError('body_too_large', { limitBytes: fileLimits.bytes });
  }
  return { pieces: pieces(), result: () => ({ bytes, sha256: hash.digest('hex') }) };
}

/** A name for display, never a path, without characters that terminals or PostgreSQL cannot handle. */
function cleanFilename(name: string | undefined): string {
  const last = (name ?? '').split(/[/\\]/).pop() ?? '';
  const clean = last
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, fileLimits.filenameCharacters)
    .toWellFormed();
  return clean === '' ? defaultFilename : clean;
}

/** Maps errors of the multipart reader to rows of the table. */
function translate(thrown: unknown): unknown {
  if (thrown instanceof KumikiError || !(thrown instanceof Error)) return thrown;
  const { code } = thrown as Error & { code?: unknown };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return new KumikiError('body_too_large', { limitBytes: fileLimits.bytes });
  if (code === 'FST_FILES_LIMIT') return new KumikiError('invalid_value', { param: 'file', reason: 'send one file' });
  if (code === 'FST_FIELDS_LIMIT' || code === 'FST_PARTS_LIMIT') {
    return new KumikiError('invalid_value', { param: 'file', reason: 'the form has too many fields' });
  }
  if (code === 'FST_PROTO_VIOLATION') return new KumikiError('unknown_parameter', { param: 'of this form' });
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || /Part terminated early|Unexpected end|Multipart:/.test(thrown.message)) {
    return new KumikiError('bad_request_framing', { reason: 'the form ends too early' });
  }
  return thrown;
}
