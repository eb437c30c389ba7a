import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Endpoint, type ModelService, type ModelServiceInput, modelServiceSchema } from '@kumiki/api';
import { createLog } from '@kumiki/service';
import { holdHome } from '../home/hold-home.ts';
import { listServersOf } from '../outside/list-servers.ts';
import { type LocalRuntime, startLocalRuntime } from '../runtime/runtime.ts';
import { listModelsOf } from '../sources/model-access.ts';
import { type FakeWorkerBehaviour, fakeWorkerBehaviours } from './fake-worker-behaviours.ts';

/** A service of fake workers. */
export function fakeService(
  name: string,
  behaviour: FakeWorkerBehaviour,
  spec: Partial<ModelServiceInput['spec']> = {},
): ModelService {
  return modelServiceSchema.parse({
    apiVersion: 'kumiki.dev/v1alpha1',
    kind: 'ModelService',
    metadata: { name },
    spec: {
      model: { source: 'simulated:' },
      engine: { kind: 'simulated', contextTokens: fakeWorkerBehaviours[behaviour] },
      ...spec,
    },
  });
}

export interface FakeRuntime extends AsyncDisposable {
  readonly runtime: LocalRuntime;
  /** Ids of the endpoints of a model, as the gateway sees them. */
  endpoints(model: string, state?: Endpoint['state']): string[];
  /** Waits until the condition holds after some change; fails with the state at that time. */
  until(what: string, condition: () => boolean): Promise<void>;
}

/** Generous for a busy machine; takes seconds on an idle one. */
const waitLimitMs = 60_000;

/** A runtime with fake workers, on a temporary folder or the given one. */
export async function startFakeRuntime(
  services: readonly ModelService[],
  options: { readonly home?: string; readonly ownUrls?: readonly string[] } = {},
): Promise<FakeRuntime> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-local-'));
  const home = await holdHome(options.home ?? join(folder, 'home'));
  // As the command line does for its manifests.
  await listServersOf(home, services, 1);
  await listModelsOf(home, services, 1);
  const runtime = await startLocalRuntime({
    home,
    workerEntry: fileURLToPath(new URL('./fake-worker.ts', import.meta.url)),
    version: '0.0.0',
    log: createLog({ service: 'test', level: 'silent' }),
    firstServices: services,
    ownUrls: options.ownUrls ?? [],
  });
  const endpoints: FakeRuntime['endpoints'] = (model, state = 'ready') =>
    runtime
      .routes()
      .models.filter((route) => route.model === model)
      .flatMap((route) => route.endpoints)
      .filter((endpoint) => endpoint.state === state)
      .map(({ id }) => id);
  return {
    runtime,
    endpoints,
    until: (what, condition) => until(runtime, what, condition),
    async [Symbol.asyncDispose]() {
      await runtime.stop(1_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function until(runtime: LocalRuntime, what: string, condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (condition()) return resolve();
    const timer = setTimeout(() => {
      const replicas = runtime.status().services.flatMap((service) => service.replicas);
      reject(new Error(`not within ${waitLimitMs} ms: ${what}\n${JSON.stringify(replicas, null, 1)}`));
    }, waitLimitMs);
    runtime.onChange(() => {
      if (!condition()) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
