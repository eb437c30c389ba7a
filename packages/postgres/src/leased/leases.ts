import { judgePoison, type PoisonVerdict } from '@kumiki/policy';
import type { Database, Parameter, Queryable } from '../database.ts';
import { claimSql, takeSql } from './claim-sql.ts';
import { type Lease, leaseEnd, LeaseLostError, type LeasedTable } from './leased-table.ts';

/** The capacity of a process. A member that is left out has no limit. */
export interface ClaimRoom {
  /** Most rows to claim. */
  readonly rows: number;
  /** Rows that the process already works on and whose leases it renews. */
  readonly own: readonly (string | number)[];
  /** Most suspect rows (see `judgePoison`). */
  readonly suspects: number;
  /** Most rows of one project in this process. */
  readonly rowsOfProject?: number;
  /** Most rows of one project in all processes together. */
  readonly rowsOfProjectEverywhere?: number;
  /** Total bytes of the claimed rows. A single row may be larger when the process holds none. */
  readonly bytes?: number;
  /** Bytes of one project's rows in this process. A single row may be larger when it holds none of the project. */
  readonly bytesOfProject?: number;
  /** Rows by project that the process is about to hold without a claim. */
  readonly pending?: ReadonlyMap<string, number>;
}

export interface Claimed<Row> {
  readonly row: Row;
  readonly lease: Lease;
  /** Earlier claims without progress whose process died or hung. */
  readonly lost: number;
  readonly verdict: PoisonVerdict;
}

export interface Release {
  /** Delay in milliseconds before the row may be claimed again. */
  readonly afterMs?: number;
  /** Whether the count of lost claims is reset as well. */
  readonly forgive?: boolean;
  /** Further SQL assignments. */
  readonly also?: string;
}

/** The claiming process, and the length of its leases. */
export interface Holder {
  /** Unique name of this process; a restarted process has a new one. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Time after expiry during which rows of this owner that it does not know yet are not claimed. */
  readonly ownGraceMs?: number;
}

/** The leases of a table. */
export interface Leases<Row, Renewed> {
  readonly table: LeasedTable;
  /** Claims unheld rows, fairly among projects. */
  claim(database: Queryable, holder: Holder, room: ClaimRoom): Promise<readonly Claimed<Row>[]>;
  /** Claims one waiting row, even before its time; null when it is not waiting. */
  take(database: Queryable, holder: Holder, project: string, id: string | number): Promise<Claimed<Row> | null>;
  /** Renews leases. @returns the rows that are still held, by their ids. */
  renew(database: Queryable, leases: readonly Lease[], leaseMs: number): Promise<ReadonlyMap<string | number, Renewed>>;
  /**
   * Releases rows and uncounts their claims, since the releasing process is alive. Lost leases are left as they are.
   */
  release(database: Queryable, leases: readonly Lease[], release?: Release): Promise<void>;
  /** Locks the row until the transaction ends. @returns the row; null when the lease is lost. */
  hold(transaction: Queryable, lease: Lease): Promise<HeldRow | null>;
  /** Writes under a lease in one transaction. Throws LeaseLostError when the lease is lost. */
  fenced<Value>(
    database: Database,
    lease: Lease,
    write: (transaction: Queryable, row: HeldRow) => Promise<Value>,
  ): Promise<Value>;
}

/** All columns of a held row. */
export type HeldRow = Readonly<Record<string, unknown>>;

/** Means "no limit" in SQL comparisons. */
const unlimited = Number.MAX_SAFE_INTEGER;

/**
 * A process that is paused within a transaction keeps its row locked, so that no other can claim it. The server closes
 * such a connection after this time.
 */
const idleInTransactionMs = 5_000;

/** What a claim returns in addition to the columns of the table. */
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
    /** The notice is for other processes. Rows with a delay are found by polling when their time has come. */
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
