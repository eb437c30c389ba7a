import { maxFruitlessClaims } from '@kumiki/policy';
import { leaseClock, leaseEnd, type LeasedTable } from './leased-table.ts';

/** Extra candidates, since another process may claim some of them at the same moment. */
const spareCandidates = 8;

/** The assignments of a claim. $1 is the process, $2 the length of the lease in milliseconds. */
function assignments({ counted = 'true', onClaim }: LeasedTable): string {
  const own = `fence = work.fence + 1, claims = CASE WHEN ${counted} THEN work.claims + 1 ELSE 0 END, lease_owner = $1,
    lease_until = ${leaseEnd('$2')}`;
  return onClaim === undefined ? own : `${own}, ${onClaim}`;
}

/** The `RETURNING` list of a claim, over the rows in `claimed`. */
function returning(table: LeasedTable): string {
  const { key, columns, joins = '', lost = 'work.claims - 1' } = table;
  return `SELECT ${columns}, work.${key.column} AS lease_id, work.fence AS lease_fence, greatest(${lost}, 0) AS lease_lost
    FROM claimed AS work ${joins}`;
}

/** Claims one waiting row, even before its time. Parameters: process, length of the lease, key, project. */
export function takeSql(table: LeasedTable): string {
  return `
WITH claimed AS (
  UPDATE ${table.name} AS work SET ${assignments(table)}
  WHERE work.${table.key.column} = $3 AND work.project = $4 AND work.lease_owner IS NULL AND ${table.open} RETURNING work.*)
${returning(table)}`;
}

/**
 * Claims unheld rows, fairly among projects: projects with the fewest held rows (in any process) come first. The first
 * waiting rows of each project are found by a loose index scan from project to project, so the cost does not depend on
 * the number of waiting rows. Two processes that claim at the same moment get different rows.
 *
 * Parameters: 1 process, 2 length of the lease, 3 rows at most, 4 keys that the process holds, 5 milliseconds for which
 * its other own rows are left alone, 6 rows of a project in the process, 7 rows of a project in all processes, 8
 * suspect rows, 9 bytes, 10 whether one row may be larger than that, 11 bytes of a project in the process, 12 and 13
 * projects and the number of their rows that the process is about to hold.
 */
export function claimSql(table: LeasedTable): string {
  const { name, key, open, order, claimable = 'true', counted = 'true', bytes = '0', turns } = table;
  const columns = order.map((column) => `work.${column}`).join(', ');
  const orderOf = (alias: string): string => order.map((column) => `${alias}.${column}`).join(', ');
  const row = `work.${key.column} AS lease_key, work.project, work.lease_owner IS NULL AS is_waiting, ${bytes} AS bytes,
    ${counted} AND work.claims BETWEEN 1 AND ${maxFruitlessClaims - 1} AS suspect, ${columns}`;
  const turned =
    turns === undefined
      ? ''
      : `, turned AS (
  INSERT INTO ${turns} (project, taken_at) SELECT project, clock_timestamp() FROM claimed GROUP BY project ORDER BY project
  ON CONFLICT (project) DO UPDATE SET taken_at = EXCLUDED.taken_at)`;
  const byTurn = turns === undefined ? '' : 'turn.taken_at NULLS FIRST,';
  const withTurns = turns === undefined ? '' : `LEFT JOIN ${turns} AS turn USING (project)`;
  return `
WITH RECURSIVE projects AS (
  (SELECT work.project FROM ${name} AS work WHERE ${open} AND work.lease_owner IS NULL ORDER BY work.project LIMIT 1)
  UNION ALL
  SELECT (SELECT work.project FROM ${name} AS work
    WHERE ${open} AND work.lease_owner IS NULL AND work.project > projects.project ORDER BY work.project LIMIT 1)
  FROM projects WHERE projects.project IS NOT NULL
), held AS (
  SELECT work.project, count(*) AS everywhere, count(*) FILTER (WHERE work.lease_owner = $1) AS here,
    sum(${bytes}) FILTER (WHERE work.lease_owner = $1) AS bytes_here
  FROM ${name} AS work WHERE ${open} AND work.lease_owner IS NOT NULL AND work.lease_until >= ${leaseClock}
  GROUP BY work.project
), free AS (
  SELECT ${row} FROM ${name} AS work
  WHERE ${open} AND ${claimable} AND work.lease_owner IS NOT NULL AND (work.lease_until IS NULL OR work.lease_until < ${leaseClock})
    AND NOT work.${key.column} = ANY($4::${key.type}[])
    AND (work.lease_owner <> $1 OR work.lease_until IS NULL
      OR work.lease_until < ${leaseClock} - $5::bigint * interval '1 millisecond')
  UNION ALL
  SELECT first.* FROM projects CROSS JOIN LATERAL (
    SELECT ${row} FROM ${name} AS work
    WHERE ${open} AND ${claimable} AND work.lease_owner IS NULL AND work.project = projects.project
      AND (work.lease_until IS NULL OR work.lease_until <= ${leaseClock})
      AND ($8::bigint > 0 OR NOT (${counted} AND work.claims BETWEEN 1 AND ${maxFruitlessClaims - 1}))
    ORDER BY ${columns} LIMIT $3::bigint + ${spareCandidates}) AS first
), pending AS (
  SELECT * FROM unnest($12::text[], $13::int[]) AS pending (project, rows)
), ranked AS (
  SELECT free.*, COALESCE(held.everywhere, 0) + row_number() OVER own AS nth,
    COALESCE(held.here, 0) + COALESCE(pending.rows, 0) + row_number() OVER own AS nth_here,
    COALESCE(held.bytes_here, 0) + sum(free.bytes) OVER own AS bytes_here,
    row_number() OVER (PARTITION BY free.suspect ORDER BY ${orderOf('free')}) AS nth_suspect
  FROM free LEFT JOIN held USING (project) LEFT JOIN pending USING (project)
  WINDOW own AS (PARTITION BY free.project ORDER BY free.is_waiting, ${orderOf('free')})
), chosen AS (
  SELECT ranked.lease_key, row_number() OVER next AS place, sum(ranked.bytes) OVER next AS reached
  FROM ranked ${withTurns}
  WHERE ranked.nth_here <= $6::bigint AND ranked.nth <= $7::bigint AND (ranked.bytes_here <= $11::bigint OR ranked.nth_here = 1)
    AND (NOT ranked.suspect OR ranked.nth_suspect <= $8::bigint)
  WINDOW next AS (ORDER BY ranked.nth, ${byTurn} ${orderOf('ranked')})
), picked AS (
  SELECT work.${key.column} AS lease_key FROM ${name} AS work JOIN chosen ON chosen.lease_key = work.${key.column}
  WHERE chosen.place <= $3::bigint + ${spareCandidates} AND (chosen.reached <= $9::bigint OR $10 AND chosen.place = 1)
    AND ${open} AND ${claimable} AND (work.lease_until IS NULL OR work.lease_until <= ${leaseClock})
  ORDER BY chosen.place LIMIT $3::bigint FOR UPDATE OF work SKIP LOCKED
), claimed AS (
  UPDATE ${name} AS work SET ${assignments(table)}
  WHERE work.${key.column} IN (SELECT lease_key FROM picked) RETURNING work.*
)${turned}
${returning(table)}`;
}
