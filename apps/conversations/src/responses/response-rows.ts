import type { Queryable } from '@kumiki/postgres';
import type { Item, ResponseObject, ResponseStatus } from '../answer/response-object.ts';
import { noticeChannel, notices } from '../runs/notices.ts';
import { deletionOf } from './deletion.ts';
import { framesOf, showRow, type StoredResponse } from './show-row.ts';

/** A response as it is now, with what has been written of it; null when the project has none of that id. */
export async function findResponse(database: Queryable, project: string, id: string): Promise<ResponseObject | null> {
  const { rows } = await database.query<StoredResponse>(
    `SELECT status, ended_at IS NOT NULL AS ended, request, response, prepared, last_seq, ${framesOf('r')} AS frames
     FROM conversations.responses AS r WHERE id = $1 AND project = $2`,
    [id, project],
  );
  const row = rows[0];
  return row === undefined ? null : showRow(row).response;
}

export async function findInput(database: Queryable, project: string, id: string): Promise<readonly Item[] | null> {
  const { rows } = await database.query<{ input: readonly Item[] }>(
    'SELECT input FROM conversations.responses WHERE id = $1 AND project = $2',
    [id, project],
  );
  return rows[0]?.input ?? null;
}

/** The status of a response; null when the project has none of that id. */
export async function findStatus(database: Queryable, project: string, id: string): Promise<ResponseStatus | null> {
  const { rows } = await database.query<{ status: ResponseStatus }>(
    'SELECT status FROM conversations.responses WHERE id = $1 AND project = $2',
    [id, project],
  );
  return rows[0]?.status ?? null;
}

/** Deletes a response and its events. Whoever drives it finds its row gone and stops. @returns whether there was one. */
export async function deleteResponse(database: Queryable, project: string, id: string): Promise<boolean> {
  const { count } = await database.query(
    `WITH ${deletionOf('id = $1 AND project = $2')}
     SELECT pg_notify('${noticeChannel}', $3) FROM gone`,
    [id, project, notices.stop(id)],
  );
  return count > 0;
}
