import { KumikiError, type ProjectLimitName, type SetProjectLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { change } from './change.ts';
import { readProjectRow } from './rows.ts';

/** Most projects that have a key or limits of their own. */
const maxProjects = 10_000;

/** Makes a project, where it is not there yet. Throws KumikiError `conflict` when there are too many. */
export async function addProject(transaction: Queryable, name: string): Promise<void> {
  const { count } = await transaction.query(
    'INSERT INTO accounts.projects (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING name',
    [name],
  );
  if (count === 0) return;
  const { rows } = await transaction.query<{ count: number }>('SELECT count(*) AS count FROM accounts.projects');
  if ((rows[0]?.count ?? 0) <= maxProjects) return;
  const reason = `${maxProjects} projects have keys or limits of their own, which is the limit; give some the defaults, or revoke their keys`;
  throw new KumikiError('conflict', { reason });
}

/** Removes a project that has neither keys nor limits of its own. */
export async function dropProject(transaction: Queryable, name: string): Promise<void> {
  await transaction.query(
    `DELETE FROM accounts.projects WHERE name = $1 AND limits = '{}'
       AND NOT EXISTS (SELECT FROM accounts.keys WHERE keys.project = $1)`,
    [name],
  );
}

/** Changes the limits of a project: a member that is left out stays as it is, null resets it to the default. */
export function setProjectLimits(database: Database, project: string, wanted: SetProjectLimits): Promise<void> {
  return change(database, async (transaction, note) => {
    await addProject(transaction, project);
    const { rows } = await transaction.query<{ row: unknown }>(
      'SELECT row_to_json(projects) AS row FROM accounts.projects WHERE name = $1',
      [project],
    );
    const own: Partial<Record<ProjectLimitName, number>> = { ...readProjectRow(rows[0]?.row).own };
    for (const [name, value] of Object.entries(wanted) as [ProjectLimitName, number | null | undefined][]) {
      if (value === null) delete own[name];
      else if (value !== undefined) own[name] = value;
    }
    await transaction.query('UPDATE accounts.projects SET limits = $2::jsonb WHERE name = $1', [
      project,
      JSON.stringify(own),
    ]);
    await dropProject(transaction, project);
    note('project_limits', project);
  });
}
