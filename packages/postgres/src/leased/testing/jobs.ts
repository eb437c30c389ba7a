import type { Database } from '../../database.ts';
import type { LeasedTable } from '../leased-table.ts';
import { createLeases } from '../leases.ts';

/** A table of work for the tests of leases. */

export interface Job {
  readonly id: string;
  readonly project: string;
}

const jobsTable: LeasedTable = {
  name: 'jobs',
  key: { column: 'id', type: 'text' },
  open: 'NOT work.done',
  order: ['sequence'],
  bytes: 'work.bytes',
  columns: 'work.id, work.project',
  renewed: 'work.note',
  notice: { channel: 'jobs', payload: 'free' },
};

export const jobs = createLeases<Job, { readonly note: string | null }>(jobsTable);
export const jobsInTurn = createLeases<Job, { readonly note: string | null }>({ ...jobsTable, turns: 'job_turns' });

export async function createJobs(database: Database): Promise<void> {
  await database.query(`CREATE TABLE jobs (
    id text PRIMARY KEY, sequence bigint GENERATED ALWAYS AS IDENTITY, project text NOT NULL, done boolean NOT NULL DEFAULT false,
    bytes bigint NOT NULL DEFAULT 1, note text, fence bigint NOT NULL DEFAULT 0, claims integer NOT NULL DEFAULT 0,
    lease_owner text, lease_until timestamptz)`);
  await database.query('CREATE TABLE job_turns (project text PRIMARY KEY, taken_at timestamptz NOT NULL)');
}

export async function emptyJobs(database: Database): Promise<void> {
  await database.query('DELETE FROM jobs');
  await database.query('DELETE FROM job_turns');
}

/** Jobs of a project, named for it and numbered from 1. */
export async function addJobs(database: Database, project: string, count: number, bytes = 1): Promise<void> {
  await database.query(
    `INSERT INTO jobs (id, project, bytes) SELECT $1 || '-' || n, $1, $3 FROM generate_series(1, $2::int) AS n`,
    [project, count, bytes],
  );
}

/** Expires all leases, as if their holders had hung for longer than a lease. */
export async function expireLeases(database: Database): Promise<void> {
  await database.query(
    `UPDATE jobs SET lease_until = statement_timestamp() - interval '1 minute' WHERE lease_owner IS NOT NULL`,
  );
}
