import { searchVectorStoreSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import type { Revisions } from '../embedding/revisions.ts';
import { storeExpired } from '../stores/store-routes.ts';
import { touchStore } from '../stores/store-rows.ts';
import { searchStore } from './search-store.ts';
import { requireSearchedStore } from './searched-store.ts';

export interface SearchRouteOptions {
  readonly database: Database;
  readonly revisions: Revisions;
  readonly onSearch: (seconds: number) => void;
}

/** `POST /v1/vector_stores/{id}/search`. */
export function addSearchRoute(app: FastifyInstance, { database, revisions, onSearch }: SearchRouteOptions): void {
  app.post<{ Params: { store: string } }>('/v1/vector_stores/:store/search', async (request) => {
    const { project, keyId, requestId, traceparent } = callerOf(request);
    const began = performance.now();
    const body = checkBody(searchVectorStoreSchema, request.body, {});
    const store = await requireSearchedStore(database, project, request.params.store);
    if (store.expired) throw storeExpired(store.id);
    const { queries, results } = await searchStore(database, revisions, store, { keyId, requestId, traceparent, body });
    await touchStore(database, store.number);
    onSearch((performance.now() - began) / 1_000);
    return {
      object: 'vector_store.search_results.page',
      search_query: queries,
      data: results,
      has_more: false,
      next_page: null,
    };
  });
}
