import type { SetRetention } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';

/** How long a project keeps its data, where that differs from the installation's setting. */
export interface ProjectRetention {
  /** null uses the installation's setting. */
  readonly response_days: number | null;
  /** null keeps conversations until they are deleted. */
  readonly conversation_days: number | null;
}

export async function readRetention(database: Database, project: string): Promise<ProjectRetention> {
  const { rows } = await database.query<ProjectRetention>(
    'SELECT response_days, conversation_days FROM conversations.retention WHERE project = $1',
    [project],
  );
  return rows[0] ?? { response_days: null, conversation_days: null };
}

/** Changes the given members. Data that are already stored keep their retention. */
export async function writeRetention(database: Database, project: string, change: SetRetention): Promise<void> {
  const { response_days: responses, conversation_days: conversations } = change;
  await database.query(
    `INSERT INTO conversations.retention AS known (project, response_days, conversation_days) VALUES ($1, $2, $3)
     ON CONFLICT (project) DO UPDATE SET
       response_days = CASE WHEN $4 THEN excluded.response_days ELSE known.response_days END,
       conversation_days = CASE WHEN $5 THEN excluded.conversation_days ELSE known.conversation_days END`,
    [project, responses ?? null, conversations ?? null, responses !== undefined, conversations !== undefined],
  );
}
