import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from './database.ts';

/** Number of the advisory lock under which migrations run: "kumi" in ASCII. */
const lockNumber = 0x6b756d69;

/** Most migrations of one service; a folder with more is a mistake. */
const maxMigrations = 1_000;

/** Limit of a statement, which may build an index over millions of rows or wait until another replica has done so. */
const statementLimitMs = 3_600_000;

/**
 * Brings a service's tables up to date: runs the pending `NNNN-name.sql` files of a folder in order, each in its own
 * transaction and all under one lock, so that replicas that start together run each once. A `;` at the end of a line
 * ends a statement. Migrations only add, so that replicas of the previous version keep working.
 * @param service whose tables these are; names the record in `kumiki_migrations`.
 */
export async function migrate(database: Database, service: string, folder: string): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .toSorted();
  if (files.length === 0 || files.length > maxMigrations) throw new Error(`${folder} holds ${files.length} migrations`);
  await prepare(database);
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    const digest = createHash('sha256').update(text).digest('hex');
    await database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
      const { rows } = await transaction.query<{ digest: string }>(
        'SELECT digest FROM kumiki_migrations WHERE service = $1 AND name = $2',
        [service, name],
      );
      if (rows[0]?.digest === digest) return;
      if (rows[0] !== undefined) throw new Error(`${name} of ${service} was changed after it had run`);
      for (const statement of statementsOf(text)) await transaction.query(statement);
      await transaction.query('INSERT INTO kumiki_migrations (service, name, digest) VALUES ($1, $2, $3)', [
        service,
        name,
        digest,
      ]);
    }, statementLimitMs);
  }
}

async function prepare(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
    await transaction.query(`CREATE TABLE IF NOT EXISTS kumiki_migrations (
      service text NOT NULL,
      name text NOT NULL,
      digest text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (service, name)
    )`);
  }, statementLimitMs);
}

/** The statements of a file; a statement ends with a semicolon at the end of a line. */
function statementsOf(text: string): string[] {
  return text
    .split(/;[ \t]*$/m)
    .map((statement) => statement.replaceAll(/^[ \t]*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}
