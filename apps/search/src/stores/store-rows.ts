import { KumikiError, type ProjectLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { type Page, type PageQuery, planPage, toPage, unknownCursor } from '../http/page.ts';
import { requireRoom, lockUsage } from '../quota/project-usage.ts';
import { type StoreRow, toVectorStore, type VectorStoreObject } from './vector-store.ts';

/** The rows of `search.vector_stores`. Every statement is restricted to the project. */

const expiry = `last_active_at + expires_after_days * interval '1 day'`;

/** Includes the counts of files by status, from an index-only scan. */
const columns = `number, id, name, description, metadata, embedding_model AS model, dimensions,
  expires_after_days AS "expiresAfterDays", chunk_count AS "chunkCount", term_total AS "termTotal",
  extract(epoch FROM created_at)::bigint AS created,
  extract(epoch FROM last_active_at)::bigint AS "lastActive",
  extract(epoch FROM ${expiry})::bigint AS expires,
  coalesce(${expiry} <= now(), false) AS expired`;

const counted = `SELECT store.*, counts.* FROM store LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'in_progress') AS "inProgress",
      count(*) FILTER (WHERE status = 'completed') AS completed,
      count(*) FILTER (WHERE status = 'failed') AS failed,
      count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
      coalesce(sum(usage_bytes), 0)::bigint AS "usageBytes"
    FROM search.store_files WHERE store_number = store.number AND removed_at IS NULL
  ) AS counts ON true`;

export interface NewStore {
  readonly id: string;
  readonly project: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly model: string | null;
  readonly expiresAfterDays: number | null;
}

/** Throws `quota_exceeded` when the project has the maximum. */
export async function insertStore(database: Database, store: NewStore, limits: ProjectLimits): Promise<void> {
  await database.transaction(async (transaction) => {
    requireRoom(store.project, limits, await lockUsage(transaction, store.project, ''), { vector_stores: 1 });
    await insertRow(transaction, store);
  });
}

async function insertRow(database: Queryable, store: NewStore): Promise<void> {
  await database.query(
    `INSERT INTO search.vector_stores (id, project, name, description, metadata, embedding_model, expires_after_days)
     VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)`,
    [
      store.id,
      store.project,
      store.name,
      store.description,
      JSON.stringify(store.metadata),
      store.model,
      store.expiresAfterDays,
    ],
  );
}

/** Returns the store. Throws `not_found`, also for a store of another project. */
export async function requireStore(database: Queryable, project: string, id: string): Promise<StoreRow> {
  const { rows } = await database.query<StoreRow>(
    `WITH store AS (SELECT ${columns} FROM search.vector_stores
       WHERE project = $1 AND id = $2 AND deleted_at IS NULL) ${counted}`,
    [project, id],
  );
  if (rows[0] === undefined) throw storeNotFound(id);
  return rows[0];
}

/** The store's number, which is all that most routes need. */
export async function requireStoreNumber(database: Queryable, project: string, id: string): Promise<number> {
  const { rows } = await database.query<{ number: number }>(
    'SELECT number FROM search.vector_stores WHERE project = $1 AND id = $2 AND deleted_at IS NULL',
    [project, id],
  );
  if (rows[0] === undefined) throw storeNotFound(id);
  return rows[0].number;
}

export function storeNotFound(id: string): KumikiError {
  const hint = ' GET /v1/vector_stores lists what there is.';
  return new KumikiError('not_found', { what: 'vector store', id: id.slice(0, 128), hint });
}

export async function listStores(
  database: Database,
  project: string,
  query: PageQuery,
): Promise<Page<VectorStoreObject>> {
  const plan = planPage(query);
  const cursor = plan.cursor === null ? null : await numberOf(database, project, plan.cursor);
  if (plan.cursor !== null && cursor === null) throw unknownCursor(query);
  const { rows } = await database.query<StoreRow>(
    `WITH store AS (SELECT ${columns} FROM search.vector_stores
       WHERE project = $1 AND deleted_at IS NULL AND ($2::bigint IS NULL OR ${plan.condition('$2')})
       ORDER BY number ${plan.direction} LIMIT $3) ${counted} ORDER BY store.number ${plan.direction}`,
    [project, cursor, plan.fetch],
  );
  return toPage(rows, query, toVectorStore);
}

async function numberOf(database: Queryable, project: string, id: string): Promise<number | null> {
  const { rows } = await database.query<{ number: number }>(
    'SELECT number FROM search.vector_stores WHERE project = $1 AND id = $2 AND deleted_at IS NULL',
    [project, id],
  );
  return rows[0]?.number ?? null;
}

/** Members that are undefined stay as they are. */
export interface StoreChange {
  readonly name?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
  readonly expiresAfterDays?: number | null | undefined;
}

export async function updateStore(database: Queryable, number: number, change: StoreChange): Promise<void> {
  await database.query(
    `UPDATE search.vector_stores SET last_active_at = now(),
       name = CASE WHEN $2 THEN $3 ELSE name END,
       metadata = CASE WHEN $4 THEN $5::jsonb ELSE metadata END,
       expires_after_days = CASE WHEN $6 THEN $7::integer ELSE expires_after_days END
     WHERE number = $1`,
    [
      number,
      change.name !== undefined,
      change.name ?? null,
      change.metadata !== undefined,
      JSON.stringify(change.metadata ?? {}),
      change.expiresAfterDays !== undefined,
      change.expiresAfterDays ?? null,
    ],
  );
}

/** Marks a store as used, at most once a minute, so that not every search writes. */
export async function touchStore(database: Queryable, number: number): Promise<void> {
  await database.query(
    `UPDATE search.vector_stores SET last_active_at = now()
     WHERE number = $1 AND last_active_at < now() - interval '1 minute'`,
    [number],
  );
}
