import { randomBytes } from 'node:crypto';
import type { Log } from '@kumiki/service';
import type { SecretsStep } from './config.ts';
import { entries, planDatabase, planInstallation, planRoutes, type SecretData } from './plan-secrets.ts';
import type { SecretApi } from './secret-api.ts';

/** Two Jobs may run at once: one finds what the other has made, and adds what is still missing. */
const tries = 5;

/** Makes the secrets of an installation. What is there stays, so that keys and data survive upgrades. */
export async function makeSecrets(step: SecretsStep, api: SecretApi, log: Log): Promise<void> {
  const complete = async (name: string, plan: (present: SecretData) => SecretData): Promise<SecretData> => {
    for (let left = tries; left > 0; left--) {
      const present = await api.read(name);
      const missing = plan(present ?? {});
      const names = Object.keys(missing);
      if (names.length === 0) return present ?? {};
      if (!(await api.write(name, missing, present === null))) continue;
      log.info({ secret: name, entries: names }, present === null ? 'a Secret was made' : 'a Secret was completed');
      return { ...present, ...missing };
    }
    throw new Error(`The Secret ${name} is changed by others all the time.`);
  };
  const installation = await complete(step.names.installation, (present) => planInstallation(present, randomBytes));
  const token = installation[entries.backendToken] ?? Buffer.alloc(0);
  await complete(step.names.routes, (present) => planRoutes(present, step.serviceUrls, token));
  const { database } = step;
  if (database === null) return;
  await complete(database.name, (present) => planDatabase(present, database.host, randomBytes));
}
