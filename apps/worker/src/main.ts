import { KumikiError } from '@kumiki/api';
import { ConfigError, createLog } from '@kumiki/service';
import { readWorkerConfig, type WorkerConfig } from './config.ts';
import { createFaults } from './engine/simulated/faults.ts';
import { startWorker, type WorkerEvent } from './start-worker.ts';

/** Sends an event to the parent process, if there is one and it still runs. */
function tell(event: WorkerEvent): void {
  if (process.connected) process.send?.(event, undefined, undefined, () => {});
}

function readOrExit(): WorkerConfig {
  try {
    return readWorkerConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    tell({ type: 'failed', reason: error.message });
    process.exit(2);
  }
}

const config = readOrExit();
const log = createLog({ service: 'worker', level: config.KUMIKI_LOG_LEVEL });

// The parent process has ended, so no other process would stop this worker.
process.on('disconnect', () => process.exit(0));

const worker = await startWorker({
  modelName: config.KUMIKI_MODEL_NAME,
  source: config.KUMIKI_MODEL_SOURCE,
  task: config.KUMIKI_TASK,
  engine: config.engine,
  host: config.KUMIKI_LISTEN_HOST,
  port: config.KUMIKI_LISTEN_PORT,
  health: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT },
  token: config.token,
  stallMs: config.KUMIKI_STALL_MS,
  faults:
    config.KUMIKI_SIMULATED_FAULTS === '1' && config.engine.kind === 'simulated'
      ? createFaults(
          () => process.kill(process.pid, 'SIGKILL'),
          () => performance.now(),
        )
      : null,
  log,
  onEvent: tell,
}).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  log.fatal({ err: error }, 'the worker cannot listen');
  tell({ type: 'failed', reason });
  process.exit(1);
});

let ending = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (ending) process.exit(1);
    ending = true;
    void worker
      .drain(config.KUMIKI_DRAIN_MS)
      .then(() => worker.close())
      .finally(() => process.exit(0));
  });
}

try {
  await worker.ready;
} catch (error) {
  // Already reported. A model that cannot be loaded now cannot be loaded later either.
  process.exit(error instanceof KumikiError && ending ? 0 : 1);
}
