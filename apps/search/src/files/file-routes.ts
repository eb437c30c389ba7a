import { Readable } from 'node:stream';
import { fileListSchema, KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf } from '@kumiki/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkQuery } from '../http/check-query.ts';
import type { ObjectStore } from '../objects/object-store.ts';
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
  app.post('/v1/files', async (request) => {
    const { project } = callerOf(request);
    const idempotencyKey = idempotencyKeyOf(request);
    const upload = await receiveUpload(request, objects);
    try {
      const row = await insertFile(database, { ...upload, project, idempotencyKey });
      if (row.id !== upload.id) await objects.remove(upload.id).catch(() => {});
      return toFileObject(row);
    } catch (error) {
      await objects.remove(upload.id).catch(() => {});
      throw error;
    }
  });

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

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.length > 0 && key.length <= maxKeyCharacters) return key;
  const reason = `send one of 1 to ${maxKeyCharacters} characters`;
  throw new KumikiError('invalid_value', { param: 'Idempotency-Key', reason });
}

/** RFC 8187: what encodeURIComponent leaves as it is and a header must not hold. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
