import { createVectorStoreSchema, KumikiError, storeListSchema, updateVectorStoreSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { checkQuery } from '../http/check-query.ts';
import { makeId } from '../ids/make-id.ts';
import { addFiles } from './add-files.ts';
import { deleteStore } from './delete-store.ts';
import { insertStore, listStores, requireStore, requireStoreNumber, updateStore } from './store-rows.ts';
import { toVectorStore } from './vector-store.ts';

/** `/v1/vector_stores`, the stores themselves. */
export function addStoreRoutes(app: FastifyInstance, database: Database): void {
  app.post('/v1/vector_stores', async (request) => {
    const { project, keyId, limits } = callerOf(request);
    const body = checkBody(createVectorStoreSchema, request.body, {});
    const id = makeId('vs_');
    const fileIds = body.file_ids ?? [];
    const store = {
      id,
      project,
      name: body.name ?? null,
      description: body.description ?? null,
      metadata: body.metadata ?? {},
      model: body.kumiki?.embedding_model ?? null,
      expiresAfterDays: body.expires_after?.days ?? null,
    };
    await insertStore(database, store, limits);
    if (fileIds.length > 0) {
      const number = await requireStoreNumber(database, project, id);
      const files = [...new Set(fileIds)].map((fileId) => ({
        fileId,
        attributes: {},
        chunking: body.chunking_strategy ?? null,
      }));
      try {
        await addFiles(database, { project, keyId, store: number, batch: null, files });
      } catch (error) {
        await deleteStore(database, number);
        throw error;
      }
    }
    return toVectorStore(await requireStore(database, project, id));
  });

  app.get('/v1/vector_stores', (request) =>
    listStores(database, callerOf(request).project, checkQuery(storeListSchema, request)),
  );

  app.get<{ Params: { id: string } }>('/v1/vector_stores/:id', async (request, reply) => {
    const store = await requireStore(database, callerOf(request).project, request.params.id);
    return reply.header(pollAfterHeader, pollAfterMs).send(toVectorStore(store));
  });

  app.post<{ Params: { id: string } }>('/v1/vector_stores/:id', async (request) => {
    const { project } = callerOf(request);
    const body = checkBody(updateVectorStoreSchema, request.body, {});
    const store = await requireStore(database, project, request.params.id);
    if (store.expired) throw storeExpired(store.id);
    await updateStore(database, store.number, {
      name: body.name,
      metadata: body.metadata,
      expiresAfterDays: body.expires_after === undefined ? undefined : (body.expires_after?.days ?? null),
    });
    return toVectorStore(await requireStore(database, project, store.id));
  });

  app.delete<{ Params: { id: string } }>('/v1/vector_stores/:id', async (request) => {
    const number = await requireStoreNumber(database, callerOf(request).project, request.params.id);
    await deleteStore(database, number);
    return { id: request.params.id, object: 'vector_store.deleted', deleted: true };
  });
}

/** Polling interval for the SDKs, which otherwise wait five seconds. */
export const pollAfterHeader = 'openai-poll-after-ms';
export const pollAfterMs = '250';

export function storeExpired(id: string): KumikiError {
  return new KumikiError('conflict', { reason: `The vector store '${id}' has expired and its contents are gone` });
}
