import { Readable } from 'node:stream';
import { addStoreFileSchema, storeFileListSchema, updateStoreFileSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { removeStoreFile } from '../chunks/remove-chunks.ts';
import { checkQuery } from '../http/check-query.ts';
import { addFiles } from './add-files.ts';
import { listStoreFiles, requireStoreFile, toStoreFile, updateAttributes } from './store-file-rows.ts';
import { pollAfterHeader, pollAfterMs, storeExpired } from './store-routes.ts';
import { requireStore, requireStoreNumber } from './store-rows.ts';
import { streamContent } from './stream-content.ts';

interface StoreParams {
  readonly Params: { readonly store: string };
}
interface FileParams {
  readonly Params: { readonly store: string; readonly file: string };
}

/** `/v1/vector_stores/{id}/files`. */
export function addStoreFileRoutes(app: FastifyInstance, database: Database): void {
  app.post<StoreParams>('/v1/vector_stores/:store/files', async (request, reply) => {
    const { project, keyId } = callerOf(request);
    const body = checkBody(addStoreFileSchema, request.body, {});
    const store = await requireStore(database, project, request.params.store);
    if (store.expired) throw storeExpired(store.id);
    const file = {
      fileId: body.file_id,
      attributes: body.attributes ?? {},
      chunking: body.chunking_strategy ?? null,
    };
    await addFiles(database, { project, keyId, store: store.number, batch: null, files: [file] });
    const added = await requireStoreFile(database, project, store.number, body.file_id);
    return reply.header(pollAfterHeader, pollAfterMs).send(toStoreFile(added));
  });

  app.get<StoreParams>('/v1/vector_stores/:store/files', async (request) => {
    const { project } = callerOf(request);
    const { filter, ...query } = checkQuery(storeFileListSchema, request);
    const store = await requireStoreNumber(database, project, request.params.store);
    return listStoreFiles(database, project, { store, batch: null, status: filter ?? null }, query);
  });

  app.get<FileParams>('/v1/vector_stores/:store/files/:file', async (request, reply) => {
    const { project } = callerOf(request);
    const store = await requireStoreNumber(database, project, request.params.store);
    const file = await requireStoreFile(database, project, store, request.params.file);
    return reply.header(pollAfterHeader, pollAfterMs).send(toStoreFile(file));
  });

  app.post<FileParams>('/v1/vector_stores/:store/files/:file', async (request) => {
    const { project } = callerOf(request);
    const body = checkBody(updateStoreFileSchema, request.body, {});
    const store = await requireStoreNumber(database, project, request.params.store);
    const file = await requireStoreFile(database, project, store, request.params.file);
    await updateAttributes(database, file.number, body.attributes ?? {});
    return toStoreFile(await requireStoreFile(database, project, store, file.id));
  });

  app.delete<FileParams>('/v1/vector_stores/:store/files/:file', async (request) => {
    const { project } = callerOf(request);
    const store = await requireStoreNumber(database, project, request.params.store);
    const file = await requireStoreFile(database, project, store, request.params.file);
    await removeStoreFile(database, file.number);
    return { id: file.id, object: 'vector_store.file.deleted', deleted: true };
  });

  app.get<FileParams>('/v1/vector_stores/:store/files/:file/content', async (request, reply) => {
    const { project } = callerOf(request);
    const store = await requireStoreNumber(database, project, request.params.store);
    const file = await requireStoreFile(database, project, store, request.params.file);
    const { id, filename, attributes } = file;
    const head = { object: 'vector_store.file_content.page', file_id: id, filename, attributes };
    const content = streamContent(database, project, file.number, head);
    return reply.type('application/json; charset=utf-8').send(Readable.from(content, { objectMode: false }));
  });
}
