import { openKubeAccess } from '@kumiki/kube';
import { createLog, runService } from '@kumiki/service';
import { readOperatorConfig } from './config.ts';
import { startOperator } from './start-operator.ts';

await runService(
  'operator',
  (status) => process.exit(status),
  async () => {
    const config = readOperatorConfig();
    const log = createLog({ service: 'operator', level: config.KUMIKI_LOG_LEVEL });
    const access = openKubeAccess({ environment: config.environment });
    const operator = await startOperator(config, access, log);
    return {
      log,
      port: null,
      ops: operator.opsPort,
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: async () => undefined,
      close: () => operator.close(),
    };
  },
);
