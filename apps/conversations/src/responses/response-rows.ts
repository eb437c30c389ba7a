import { KumikiError } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { ResponseObject, ResponseStatus } from '../answer/response-object.ts';
import { choosePage, listText, type Page } from '../http/paging.ts';
import { deletionOf } from '../runs/deletion.ts';
import { noticeChannel, notices } from '../runs/notices.ts';
import { framesOf, showRow, type StoredResponse } from '../runs/show-row.ts';

/** The current response, with its output so far; null when the project has none with that id. */
export async function findResponse(database: Queryable, project: string, id: string): Promise<ResponseObject | null> {
  const { rows } = await database.query<StoredResponse>(
    `SELECT status, ended_at IS NOT NULL AS ended, request, response, prepared, last_seq, ${framesOf('r')} AS frames
     FROM conversations.responses AS r WHERE id = $1 AND project = $2`,
    [id, project],
  );
  const row = rows[0];
  return row === undefined ? null : (await showRow(row)).response;
}

/**
 * A page of a response's own input as JSON. Throws KumikiError when the project has no such response, or the response
 * no such item.
 */
export async function readInputPage(database: Queryable, project: string, id: string, page: Page): Promise<string> {
  const from = `FROM conversations.responses AS r, json_array_elements(r.input) WITH ORDINALITY AS e (item, ordinal)
     WHERE r.id = $1 AND r.project = $2`;
  // `->`, since `->>` fails on a value that contains U+0000.
  const { rows } = await database.query<{ ordinal: number; id: string; bytes: number }>(
    `SELECT e.ordinal, (e.item->'id')::text AS id, octet_length(e.item::text) AS bytes ${from} ORDER BY e.ordinal`,
    [id, project],
  );
  if (rows.length === 0 && (await findStatus(database, project, id)) === null) {
    throw new KumikiError('not_found', { what: 'response', id });
  }
  const ordered = page.order === 'asc' ? rows : rows.toReversed();
  const after = JSON.stringify(page.after ?? '');
  const start = page.after === undefined ? 0 : ordered.findIndex((row) => row.id === after) + 1;
  if (page.after !== undefined && start === 0) throw new KumikiError('not_found', { what: 'item', id: page.after });
  const left = ordered.slice(start);
  const sizes = left.map(({ bytes }) => bytes);
  const shown = left.slice(0, choosePage(sizes, page.limit));
  const { rows: texts } = await database.query<{ text: string }>(
    `SELECT e.item::text AS text ${from} AND e.ordinal = ANY($3::bigint[])
     ORDER BY e.ordinal ${page.order === 'asc' ? 'ASC' : 'DESC'}`,
    [id, project, shown.map(({ ordinal }) => ordinal)],
  );
  const data = texts.map(({ text }, index) => ({ id: JSON.parse(shown[index]?.id ?? '""') as string, text }));
  return listText(data, left.length > shown.length);
}

/** The status of a response; null when the project has none with that id. */
export async function findStatus(database: Queryable, project: string, id: string): Promise<ResponseStatus | null> {
  const { rows } = await database.query<{ status: ResponseStatus }>(
    'SELECT status FROM conversations.responses WHERE id = $1 AND project = $2',
    [id, project],
  );
  return rows[0]?.status ?? null;
}

/** Deletes a response and its events. Its driver finds the row gone and stops. @returns whether it existed. */
export async function deleteResponse(database: Queryable, project: string, id: string): Promise<boolean> {
  const { count } = await database.query(
    `WITH ${deletionOf('id = $1 AND project = $2')}
     SELECT pg_notify('${noticeChannel}', $3) FROM gone`,
    [id, project, notices.stop(id)],
  );
  return count > 0;
}
