import { createLog } from '@kumiki/service';
import { readInstallerConfig } from './config.ts';
import { makeSecrets } from './make-secrets.ts';
import { runMigrations } from './run-migrations.ts';
import { createSecretApi } from './secret-api.ts';

try {
  const { level, step } = readInstallerConfig();
  const log = createLog({ service: 'installer', level });
  if (step.kind === 'migrations') await runMigrations(step, log);
  else await makeSecrets(step, createSecretApi(step.kubernetes), log);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
