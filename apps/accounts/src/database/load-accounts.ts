import type { AccountsItem } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import type { StoredKey } from '../keys/stored-key.ts';
import type { StoredSession } from '../sessions/session-ring.ts';
import { type OwnLimits, readKeyRow, readProjectRow, readSessionRow } from './rows.ts';

/** Changes of one query: a key may have 131,072 bytes. */
const changesAtOnce = 64;
/** For everything there is. */
const loadLimitMs = 30_000;

/** All accounts, as they were after the change of this number. */
export interface LoadedAccounts {
  number: number;
  /** Oldest first. */
  readonly keys: Map<string, StoredKey>;
  readonly sessions: Map<string, StoredSession>;
  readonly projectLimits: Map<string, OwnLimits>;
}

/** What a row is now; null when it is gone. */
export type LoadedChange = { readonly number: number; readonly id: string } & (
  | { readonly kind: 'key'; readonly value: StoredKey | null }
  | { readonly kind: 'session'; readonly value: StoredSession | null }
  | { readonly kind: 'project_limits'; readonly value: OwnLimits | null }
);

interface JsonRow {
  readonly row: unknown;
}

/** Everything, at one moment. */
export function loadAll(database: Database): Promise<LoadedAccounts> {
  return database.transaction(async (transaction) => {
    await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const head = await transaction.query<{ number: number }>('SELECT number FROM accounts.head');
    const { rows: keys } = await transaction.query<JsonRow>(
      'SELECT row_to_json(keys) AS row FROM accounts.keys ORDER BY made, id',
    );
    const { rows: sessions } = await transaction.query<JsonRow>(
      'SELECT row_to_json(sessions) AS row FROM accounts.sessions ORDER BY made, id',
    );
    const { rows: projects } = await transaction.query<JsonRow>(
      `SELECT row_to_json(projects) AS row FROM accounts.projects WHERE limits <> '{}' ORDER BY name`,
    );
    const number = head.rows[0]?.number;
    if (number === undefined) throw new Error('the table accounts.head has lost its row');
    return {
      number,
      keys: new Map(keys.map(({ row }) => readKeyRow(row)).map((key) => [key.id, key])),
      sessions: new Map(sessions.map(({ row }) => readSessionRow(row)).map((session) => [session.id, session])),
      projectLimits: new Map(
        projects
          .map(({ row }) => readProjectRow(row))
          .flatMap(({ project, own }) => (own === null ? [] : [[project, own]])),
      ),
    };
  }, loadLimitMs);
}

interface ChangeRow {
  readonly head: number;
  readonly number: number | null;
  readonly kind: AccountsItem['kind'];
  readonly id: string;
  readonly key: unknown;
  readonly session: unknown;
  readonly project: unknown;
}

/**
 * The next changes after a number, and the number of the last there is. null when some are no longer known, or when the
 * database has gone back, as after a restore.
 */
export async function loadChanges(
  database: Queryable,
  after: number,
): Promise<{ readonly head: number; readonly changes: readonly LoadedChange[] } | null> {
  const { rows } = await database.query<ChangeRow>(
    `SELECT head.number AS head, noted.number, noted.kind, noted.id, row_to_json(keys) AS key,
       row_to_json(sessions) AS session, row_to_json(projects) AS project
     FROM accounts.head
     LEFT JOIN LATERAL (
       SELECT number, kind, id FROM accounts.outbox WHERE number > $1 ORDER BY number LIMIT $2
     ) AS noted ON true
     LEFT JOIN accounts.keys ON noted.kind = 'key' AND keys.id = noted.id
     LEFT JOIN accounts.sessions ON noted.kind = 'session' AND sessions.id = noted.id
     LEFT JOIN accounts.projects ON noted.kind = 'project_limits' AND projects.name = noted.id
     ORDER BY noted.number`,
    [after, changesAtOnce],
  );
  const head = rows[0]?.head ?? -1;
  const changes = rows.flatMap((row) => (row.number === null ? [] : [readChange(row, row.number)]));
  const isWhole = changes.every(({ number }, at) => number === after + 1 + at);
  return head < after || !isWhole || (changes.length === 0 && head > after) ? null : { head, changes };
}

function readChange({ kind, id, key, session, project }: ChangeRow, number: number): LoadedChange {
  switch (kind) {
    case 'key':
      return { number, kind, id, value: key === null ? null : readKeyRow(key) };
    case 'session':
      return { number, kind, id, value: session === null ? null : readSessionRow(session) };
    case 'project_limits':
      return { number, kind, id, value: project === null ? null : readProjectRow(project).own };
  }
}
