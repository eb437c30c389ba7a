import { Readable } from 'node:stream';
import { fileListSchema, KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf } from '@kumiki/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkQuery } from '../http/check-query.ts';
import { makeId } from '../ids/make-id.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { reserveUpload, type UploadRoom } from '../quota/upload-room.ts';
import { createUploadSlots } from '../quota/upload-slots.ts';
import { deleteFile } from './delete-file.ts';
import { insertFile, listFiles, requireFile, toFileObject } from './file-rows.ts';
import { receiveUpload } from './receive-upload.ts';

const maxKeyCharacters = 255;

export interface FileRoutesOptions {
  readonly database: Database;
  readonly objects: ObjectStore;
}

/** `/v1/files`. */
export function addFileRoutes(app: FastifyInstance, { database, objects }: FileRoutesOptions): void {
  const slots = createUploadSlots();

  app.post('/v1/files', async (request, reply) => {
    const { project, keyId, limits } = callerOf(request);
    const idempotencyKey = idempotencyKeyOf(request);
    const giveBack = slots.take(project, keyId);
    const id = makeId('file-');
    try {
      const room = await reserveUpload(database, { id, project, limits }, declaredBytes(request));
      try {
        const upload = await receiveUpload(request, objects, id, room);
        const row = await insertFile(database, { ...upload, id, project, idempotencyKey }, limits);
        if (row.id === id) return toFileObject(row);
        await discard(room, id);
        return toFileObject(row);
      } catch (error) {
        await discard(room, id);
        throw error;
      }
    } catch (error) {
      // The rest of the body is discarded, so that the client receives the refusal; slow clients are cut off.
      request.raw.unpipe();
      request.raw.resume();
      if (error instanceof KumikiError && error.code === 'request_timeout') reply.header('connection', 'close');
      throw error;
    } finally {
      giveBack();
    }
  });

  /** On failure, the sweep removes it later. */
  async function discard(room: UploadRoom, id: string): Promise<void> {
    await objects.remove(id).catch(() => {});
    await room.release().catch(() => {});
  }

  app.get('/v1/files', (request) =>
    listFiles(database, callerOf(request).project, checkQuery(fileListSchema, request)),
  );

  app.get<{ Params: { id: string } }>('/v1/files/:id', async (request) =>
    toFileObject(await requireFile(database, callerOf(request).project, request.params.id)),
  );

  app.get<{ Params: { id: string } }>('/v1/files/:id/content', async (request, reply) => {
    const file = await requireFile(database, callerOf(request).project, request.params.id);
    return reply
      .header('content-type', 'application/octet-stream')
      .header('content-length', String(file.bytes))
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeName(file.filename)}`)
      .header('x-content-type-options', 'nosniff')
      .send(Readable.from(objects.read(file.id), { objectMode: false }));
  });

  app.delete<{ Params: { id: string } }>('/v1/files/:id', async (request) => {
    const file = await requireFile(database, callerOf(request).project, request.params.id);
    await deleteFile(database, objects, file.number);
    return { id: file.id, object: 'file', deleted: true };
  });
}

/** Bytes of the whole form, slightly more than its file; 0 when unknown. */
function declaredBytes(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? 0);
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.length > 0 && key.length <= maxKeyCharacters) return key;
  const reason = `send one of 1 to ${maxKeyCharacters} characters`;
  throw new KumikiError('invalid_value', { param: 'Idempotency-Key', reason });
}

/** RFC 8187: escapes the characters that encodeURIComponent keeps and the header must not contain. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
