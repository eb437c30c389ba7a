import { type AddStoreFile, createFileBatchSchema, storeFileListSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { checkQuery } from '../http/check-query.ts';
import { makeId } from '../ids/make-id.ts';
import { type AddedFile, addFiles } from './add-files.ts';
import { cancelBatch, requireBatchPlace, insertBatch, requireBatch, toFileBatch } from './batch-rows.ts';
import { listStoreFiles } from './store-file-rows.ts';
import { pollAfterHeader, pollAfterMs, storeExpired } from './store-routes.ts';
import { requireStore, requireStoreNumber } from './store-rows.ts';

interface StoreParams {
  readonly Params: { readonly store: string };
}
interface BatchParams {
  readonly Params: { readonly store: string; readonly batch: string };
}

/** `/v1/vector_stores/{id}/file_batches`. */
export function addBatchRoutes(app: FastifyInstance, database: Database): void {
  app.post<StoreParams>('/v1/vector_stores/:store/file_batches', async (request, reply) => {
    const { project, keyId } = callerOf(request);
    const files = filesOf(request.body);
    const store = await requireStore(database, project, request.params.store);
    if (store.expired) throw storeExpired(store.id);
    await requireBatchPlace(database, store.number);
    const id = makeId('vsfb_');
    const batch = await insertBatch(database, { id, project, store: store.number });
    try {
      await addFiles(database, { project, keyId, store: store.number, batch, files });
    } catch (error) {
      await database.query('DELETE FROM search.file_batches WHERE number = $1', [batch]);
      throw error;
    }
    return reply
      .header(pollAfterHeader, pollAfterMs)
      .send(toFileBatch(await requireBatch(database, project, store.number, id)));
  });

  app.get<BatchParams>('/v1/vector_stores/:store/file_batches/:batch', async (request, reply) => {
    const { project } = callerOf(request);
    const store = await requireStoreNumber(database, project, request.params.store);
    const batch = await requireBatch(database, project, store, request.params.batch);
    return reply.header(pollAfterHeader, pollAfterMs).send(toFileBatch(batch));
  });

  app.post<BatchParams>('/v1/vector_stores/:store/file_batches/:batch/cancel', async (request) => {
    const { project } = callerOf(request);
    const store = await requireStoreNumber(database, project, request.params.store);
    const batch = await requireBatch(database, project, store, request.params.batch);
    if (batch.inProgress > 0) await cancelBatch(database, batch.number);
    return toFileBatch(await requireBatch(database, project, store, batch.id));
  });

  app.get<BatchParams>('/v1/vector_stores/:store/file_batches/:batch/files', async (request) => {
    const { project } = callerOf(request);
    const { filter, ...query } = checkQuery(storeFileListSchema, request);
    const store = await requireStoreNumber(database, project, request.params.store);
    const batch = await requireBatch(database, project, store, request.params.batch);
    return listStoreFiles(database, project, { store, batch: batch.number, status: filter ?? null }, query);
  });
}

/** The files of a batch, each once; settings of the batch are defaults for its files. */
function filesOf(received: unknown): AddedFile[] {
  const body = checkBody(createFileBatchSchema, received, {});
  const named: readonly AddStoreFile[] = body.files ?? (body.file_ids ?? []).map((id) => ({ file_id: id }));
  const files = named.map((file): AddedFile => ({
    fileId: file.file_id,
    attributes: file.attributes ?? body.attributes ?? {},
    chunking: file.chunking_strategy ?? body.chunking_strategy ?? null,
  }));
  return [...new Map(files.map((file) => [file.fileId, file])).values()];
}
