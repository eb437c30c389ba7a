import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { engineSchema } from '@kumiki/api';
import { demoFiles, type Launch } from '@kumiki/policy';
import { spawnWorker } from './spawn-worker.ts';

export type TryResult =
  | { readonly ok: true; readonly milliseconds: number }
  | { readonly ok: false; readonly reason: string };

const tryTimeoutMs = 30_000;

/** Loads the smallest shipped model in a worker and stops it, to check that the engine runs on this machine. */
export function tryModel(workerEntry: string): Promise<TryResult> {
  const source = new URL(`../../../../models/demo/${demoFiles['demo:embedding']}`, import.meta.url);
  const launch: Launch = {
    model: 'demo-embedding',
    source: fileURLToPath(source),
    task: 'embedding',
    engine: engineSchema.parse({ kind: 'llama', threads: 1 }),
    fileBytes: 0,
    stallMs: tryTimeoutMs,
    startTimeoutMs: tryTimeoutMs,
    drainTimeoutMs: 1,
    faults: false,
  };
  // Without a cache, so that the check leaves no files.
  const program = { entry: workerEntry, logLevel: 'error', cacheFolder: null };
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let result: TryResult | null = null;
    let said = '';
    const timer = setTimeout(
      () => finish({ ok: false, reason: `it took longer than ${tryTimeoutMs} ms` }),
      tryTimeoutMs,
    );
    const finish = (found: TryResult): void => {
      clearTimeout(timer);
      result ??= found;
      worker?.signal('SIGKILL');
    };
    const worker = spawnWorker(program, launch, randomBytes(24).toString('base64url'), {
      output(data) {
        said = (said + data.toString()).slice(-500);
      },
      message(message) {
        if (message.type === 'ready') finish({ ok: true, milliseconds: performance.now() - startedAt });
        if (message.type === 'failed') finish({ ok: false, reason: message.reason });
      },
      end({ reason }) {
        clearTimeout(timer);
        resolve(result ?? { ok: false, reason: `${reason}${said === '' ? '' : `: ${said.trim()}`}` });
      },
    });
  });
}
