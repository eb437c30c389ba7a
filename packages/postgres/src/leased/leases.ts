import { judgePoison, type PoisonVerdict } from '@kumiki/policy';
import type { Database, Parameter, Queryable } from '../database.ts';
import { claimSql, takeSql } from './claim-sql.ts';
import { type Lease, leaseEnd, LeaseLostError, type LeasedTable } from './leased-table.ts';

/** What a process has room for. What is left out has no limit. */
export interface ClaimRoom {
  /** Rows to claim at most. */
  readonly rows: number;
  /** Rows that the process works on: it renews their leases itself. */
  readonly own: readonly (string | number)[];
  /** Rows under suspicion of ending their process. */
  readonly suspects: number;
  /** Rows of one project that the process may hold. */
  readonly rowsOfProject?: number;
  /** Rows of one project that all processes together may hold. */
  readonly rowsOfProjectEverywhere?: number;
  /** Bytes of the claimed rows together. One row may be larger where the process holds none. */
  readonly bytes?: number;
  /** Bytes of one project's rows in the process. One row may be larger where it holds none of the project. */
  readonly bytesOfProject?: number;
  /** Rows of projects that the process is about to hold without a claim. */
  readonly pending?: ReadonlyMap<string, number>;
}

export interface Claimed<Row> {
  readonly row: Row;
  readonly lease: Lease;
  /** Claims before this one that brought nothing and whose process died or fell silent. */
  readonly lost: number;
  readonly verdict: PoisonVerdict;
}

export interface Release {
  /** How long nobody may claim the row. */
  readonly afterMs?: number;
  /** Whether earlier claims that were lost are forgotten as well. */
  readonly forgive?: boolean;
  /** Further assignments, in SQL. */
  readonly also?: string;
}

/** Who claims, and how long a lease lasts. */
export interface Holder {
  /** Names this process among those that work on the table. A process that starts again has a new name. */
  readonly owner: string;
  readonly leaseMs: number;
  /** How long rows with this owner are left alone that it does not know yet, beyond the end of their lease. */
  readonly ownGraceMs?: number;
}

/** The leases of a table. */
export interface Leases<Row, Renewed> {
  readonly table: LeasedTable;
  /** Claims rows that nobody holds, fairly among projects. */
  claim(database: Queryable, holder: Holder, room: ClaimRoom): Promise<readonly Claimed<Row>[]>;
  /** Claims one row that waits, even before its time; null where it does not wait. */
  take(database: Queryable, holder: Holder, project: string, id: string | number): Promise<Claimed<Row> | null>;
  /** Prolongs leases. @returns the rows that are still held, by their ids. */
  renew(database: Queryable, leases: readonly Lease[], leaseMs: number): Promise<ReadonlyMap<string | number, Renewed>>;
  /** Gives rows back and takes their claim back: the process that says so is alive. Leases that are lost stay as they are. */
  release(database: Queryable, leases: readonly Lease[], release?: Release): Promise<void>;
  /** Locks the row until the transaction ends. @returns the row; null where the lease is lost. */
  hold(transaction: Queryable, lease: Lease): Promise<HeldRow | null>;
  /** Writes under a lease in one transaction. Throws LeaseLostError where the lease is lost. */
  fenced<Value>(
    database: Database,
    lease: Lease,
    write: (transaction: Queryable, row: HeldRow) => Promise<Value>,
  ): Promise<Value>;
}

/** All columns of a row that is held. */
export type HeldRow = Readonly<Record<string, unknown>>;

/** Stands for no limit in a comparison of PostgreSQL's. */
const unlimited = Number.MAX_SAFE_INTEGER;

/**
 * A process that is paused in the middle of a transaction holds the lock of its row, and nobody could claim the row. The
 * server ends such a connection after this time.
 */
const idleInTransactionMs = 5_000;

/** What a claim returns beside the columns of the table. */
interface ClaimColumns {
  readonly lease_id: string | number;
  readonly lease_fence: number;
  readonly lease_lost: number;
}

export function createLeases<Row extends object, Renewed extends object>(table: LeasedTable): Leases<Row, Renewed> {
  const claiming = claimSql(table);
  const taking = takeSql(table);
  const { renewing, releasing, holding } = statements(table);

  const leases: Leases<Row, Renewed> = {
    table,
    async claim(database, holder, room) {
      const { rows } = await database.query<Row & ClaimColumns>(claiming, claimParameters(holder, room));
      return rows.map(toClaimed);
    },
    async take(database, { owner, leaseMs }, project, id) {
      const { rows } = await database.query<Row & ClaimColumns>(taking, [owner, leaseMs, id, project]);
      return rows[0] === undefined ? null : toClaimed(rows[0]);
    },
    async renew(database, held, leaseMs) {
      const { rows } = await database.query<Renewed & { lease_id: string | number }>(renewing, [
        ...keysOf(held),
        leaseMs,
      ]);
      return new Map(rows.map((row) => [row.lease_id, row]));
    },
    async release(database, held, { afterMs = 0, forgive = false, also } = {}) {
      const { channel, payload } = table.notice;
      await database.query(releasing(also), [...keysOf(held), afterMs, forgive, channel, payload]);
    },
    async hold(transaction, { id, fence }) {
      const { rows } = await transaction.query<HeldRow>(holding, [id, fence, String(idleInTransactionMs)]);
      return rows[0] ?? null;
    },
    fenced: (database, lease, write) =>
      database.transaction(async (transaction) => {
        const row = await leases.hold(transaction, lease);
        if (row === null) throw new LeaseLostError(lease.id);
        return write(transaction, row);
      }),
  };
  return leases;
}

function statements(table: LeasedTable) {
  const { name, key, open } = table;
  const id = `work.${key.column}`;
  const held = `FROM unnest($1::${key.type}[], $2::bigint[]) AS held (id, fence)
    WHERE ${id} = held.id AND work.fence = held.fence AND work.lease_owner IS NOT NULL AND ${open}`;
  return {
    renewing: `UPDATE ${name} AS work SET lease_until = ${leaseEnd('$3')} ${held}
      RETURNING ${id} AS lease_id, ${table.renewed}`,
    /** The notice is for the others: rows that wait for a while are found when their time has come. */
    releasing: (also?: string) => `
      WITH released AS (
        UPDATE ${name} AS work SET lease_owner = NULL, lease_until = ${leaseEnd('$3')},
          claims = CASE WHEN $4 THEN 0 ELSE greatest(work.claims - 1, 0) END ${also === undefined ? '' : `, ${also}`}
        ${held} RETURNING ${id})
      SELECT pg_notify($5, $6) FROM released WHERE $3 = 0 LIMIT 1`,
    holding: `SELECT work.*, set_config('idle_in_transaction_session_timeout', $3, true) FROM ${name} AS work
      WHERE ${id} = $1 AND work.fence = $2 AND work.lease_owner IS NOT NULL AND ${open} FOR UPDATE`,
  };
}

function keysOf(leases: readonly Lease[]): [Parameter, Parameter] {
  return [leases.map(({ id }) => id) as readonly string[], leases.map(({ fence }) => fence)];
}

function claimParameters({ owner, leaseMs, ownGraceMs = 0 }: Holder, room: ClaimRoom): Parameter[] {
  const pending = [...(room.pending ?? [])];
  return [
    owner,
    leaseMs,
    room.rows,
    room.own as readonly string[],
    ownGraceMs,
    room.rowsOfProject ?? unlimited,
    room.rowsOfProjectEverywhere ?? unlimited,
    room.suspects,
    room.bytes ?? unlimited,
    room.own.length === 0,
    room.bytesOfProject ?? unlimited,
    pending.map(([project]) => project),
    pending.map(([, rows]) => rows),
  ];
}

function toClaimed<Row extends object>(row: Row & ClaimColumns): Claimed<Row> {
  const { lease_id: id, lease_fence: fence, lease_lost: lost } = row;
  return { row, lease: { id, fence }, lost, verdict: judgePoison({ lost, shared: 0 }) };
}
