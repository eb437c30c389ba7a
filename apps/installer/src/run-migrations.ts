import { migrate, openDatabase } from '@kumiki/postgres';
import type { Log } from '@kumiki/service';
import type { MigrationsStep } from './config.ts';

/** Brings the tables of all services up to date, each service by itself. Rejects at the first that fails. */
export async function runMigrations({ postgresUrl, folders }: MigrationsStep, log: Log): Promise<void> {
  const database = openDatabase({ url: postgresUrl, applicationName: 'kumiki-installer' });
  try {
    for (const [service, folder] of Object.entries(folders)) {
      await migrate(database, service, folder);
      log.info({ service }, 'the tables are up to date');
    }
  } finally {
    await database.close();
  }
}
