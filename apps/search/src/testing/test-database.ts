import { fileURLToPath } from 'node:url';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';

export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** An in-memory database with the tables of this service. Opening it takes seconds: one for a test file. */
export async function openTestDatabase(): Promise<Database> {
  const database = openDatabase({ folder: null });
  await migrate(database, 'search', migrationsFolder);
  return database;
}
