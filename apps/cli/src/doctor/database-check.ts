import { openDatabase } from '@kumiki/postgres';
import { fail, type Finding, ok } from './finding.ts';

/** PostgreSQL's version number: 15 is 150000. */
const leastServerVersion = 150_000;
const leastVectorVersion = [0, 7] as const;

/** Facts about a server. */
interface ServerFacts {
  readonly version: string;
  readonly versionNumber: number;
  /** Version of pgvector: the installed one, or the one that can be installed; null when there is none. */
  readonly vector: string | null;
}

/** Checks the database of conversations and search: a server if there is a URL, otherwise the embedded one. */
export async function checkDatabase(url: string | null, folder: string): Promise<Finding> {
  if (url === null) return ok('database', `embedded, in ${folder}`);
  const database = openDatabase({ url, applicationName: 'kumiki-doctor', maxConnections: 1 });
  try {
    const { rows } = await database.query<ServerFacts>(
      `SELECT current_setting('server_version') AS version,
              current_setting('server_version_num')::int AS "versionNumber",
              (SELECT coalesce(installed_version, default_version)
                 FROM pg_available_extensions WHERE name = 'vector') AS vector`,
    );
    return judgeServer(rows[0] ?? { version: 'unknown', versionNumber: 0, vector: null });
  } catch (error) {
    return fail(
      'database',
      `KUMIKI_POSTGRES_URL cannot be used: ${describe(error)}`,
      'Start the server, or correct the URL; without it Kumiki takes the embedded database.',
    );
  } finally {
    await database.close();
  }
}

export function judgeServer({ version, versionNumber, vector }: ServerFacts): Finding {
  if (versionNumber < leastServerVersion) {
    return fail('database', `PostgreSQL ${version}`, 'Kumiki needs PostgreSQL 15 or later.');
  }
  if (vector === null) {
    return fail(
      'database',
      `PostgreSQL ${version} without pgvector`,
      'Install pgvector 0.7 or later on the server, for example the package postgresql-17-pgvector.',
    );
  }
  if (!isVectorNewEnough(vector)) {
    return fail(
      'database',
      `PostgreSQL ${version} with pgvector ${vector}`,
      "Install pgvector 0.7 or later, then run 'ALTER EXTENSION vector UPDATE'.",
    );
  }
  return ok('database', `PostgreSQL ${version} with pgvector ${vector}`);
}

function isVectorNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = leastVectorVersion;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
