import { type ContainerEngine, type PodSettings } from '@kumiki/api';
import type { ProcessTarget } from '@kumiki/policy';
import { containerSecurity } from './pod-security.ts';
import { type ModelPlace, pathInPod } from './resolve-model.ts';
import type { Installed } from './worker-image.ts';

/** The ports of our worker. */
export const workerPort = 8_000;
export const opsPort = 9_090;
/** Where the worker finds its token. */
const tokenFolder = '/run/kumiki';
export const tokenKey = 'token';
export const tokenVolume = 'token';
/** Where a container may write. */
export const scratchVolume = 'scratch';
const scratchFolder = '/tmp';

/** How often a pod is asked whether it takes requests. Gateways ask by themselves, more often. */
const readyPeriodSeconds = 2;
const livePeriodSeconds = 5;
/** Answers in a row that are missing before a pod is restarted: as on one machine. */
const liveFailures = 4;
const probeTimeoutSeconds = 2;
/** After a pod was told to end it takes requests for this time still, until every gateway knows. */
export const settleSeconds = 2;

/** What a worker takes where the manifest does not say. Weights are not counted: they are known once they are loaded. */
const workerDefaults = {
  simulated: { cpu: '50m', memory: '256Mi' },
  shipped: { cpu: '250m', memory: '512Mi' },
  other: { cpu: '1', memory: '2Gi' },
} as const;

type Amounts = Readonly<Record<string, string | number>>;

export interface PodResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** Requests and limits; that of memory is its request, so that a pod is not ended for what others take. */
function resourcesOf({ resources }: PodSettings, defaults: Amounts): PodResources {
  const { requests = {}, limits = {} } = resources;
  const memory = limits['memory'] ?? requests['memory'] ?? defaults['memory'];
  const asked = { ...defaults, ...(memory === undefined ? {} : { memory }), ...limits, ...requests };
  return { requests: asked, limits: { ...(memory === undefined ? {} : { memory }), ...limits } };
}

function handler(path: string, port: string): object {
  return { httpGet: { path, port }, timeoutSeconds: probeTimeoutSeconds };
}

function probes(ready: object, live: object | null, startTimeoutMs: number): object {
  return {
    startupProbe: {
      ...ready,
      periodSeconds: readyPeriodSeconds,
      failureThreshold: Math.max(1, Math.ceil(startTimeoutMs / 1_000 / readyPeriodSeconds)),
    },
    readinessProbe: { ...ready, periodSeconds: readyPeriodSeconds, failureThreshold: 2 },
    ...(live === null
      ? {}
      : { livenessProbe: { ...live, periodSeconds: livePeriodSeconds, failureThreshold: liveFailures } }),
  };
}

const settle = { preStop: { sleep: { seconds: settleSeconds } } };

/** Our own worker. Its health is answered by a thread of its own, so that a busy engine is not taken for a dead one. */
export function workerContainer(
  { launch }: ProcessTarget,
  place: ModelPlace,
  pod: PodSettings,
  mounts: readonly object[],
  { image, pullPolicy, logLevel }: Installed,
): { readonly container: object; readonly resources: PodResources } {
  const size = place.kind === 'none' ? 'simulated' : place.kind === 'shipped' ? 'shipped' : 'other';
  const resources = resourcesOf(pod, workerDefaults[size]);
  const env = {
    KUMIKI_MODEL_NAME: launch.model,
    KUMIKI_MODEL_SOURCE: launch.source,
    KUMIKI_TASK: launch.task,
    KUMIKI_ENGINE: JSON.stringify(launch.engine),
    KUMIKI_LISTEN_HOST: '0.0.0.0',
    KUMIKI_LISTEN_PORT: String(workerPort),
    KUMIKI_OPS_HOST: '0.0.0.0',
    KUMIKI_OPS_PORT: String(opsPort),
    KUMIKI_WORKER_TOKEN_FILE: `${tokenFolder}/${tokenKey}`,
    KUMIKI_LOG_LEVEL: logLevel,
    KUMIKI_STALL_MS: String(launch.stallMs),
    KUMIKI_DRAIN_MS: String(launch.drainTimeoutMs),
    ...(launch.faults ? { KUMIKI_SIMULATED_FAULTS: '1' } : {}),
  };
  const container = {
    name: 'worker',
    image,
    imagePullPolicy: pullPolicy,
    args: ['apps/worker/src/main.ts'],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ports: [
      { name: 'http', containerPort: workerPort, protocol: 'TCP' },
      { name: 'ops', containerPort: opsPort, protocol: 'TCP' },
    ],
    resources,
    ...probes(handler('/readyz', 'ops'), handler('/livez', 'ops'), launch.startTimeoutMs),
    lifecycle: settle,
    securityContext: containerSecurity,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: tokenVolume, mountPath: tokenFolder, readOnly: true },
      { name: scratchVolume, mountPath: scratchFolder },
      ...mounts,
    ],
  };
  return { container, resources };
}

/** Somebody's server. It is asked whether it lives only where the manifest names a path that a busy engine answers. */
export function engineContainer(
  engine: ContainerEngine,
  place: ModelPlace,
  pod: PodSettings,
  mounts: readonly object[],
  startTimeoutMs: number,
): { readonly container: object; readonly resources: PodResources } {
  const resources = resourcesOf(pod, workerDefaults.other);
  const path = pathInPod(place);
  const own = [{ name: 'HOME', value: scratchFolder }, ...(path === null ? [] : [{ name: 'MODEL_PATH', value: path }])];
  const named = new Set(engine.env.map(({ name }) => name));
  const container = {
    name: 'engine',
    image: engine.image,
    imagePullPolicy: 'IfNotPresent',
    ...(engine.command === undefined ? {} : { command: engine.command }),
    args: engine.args,
    env: [...own.filter(({ name }) => !named.has(name)), ...engine.env],
    ports: [{ name: 'http', containerPort: engine.port, protocol: 'TCP' }],
    resources,
    ...probes(
      handler(engine.readyPath, 'http'),
      engine.livePath === undefined ? null : handler(engine.livePath, 'http'),
      startTimeoutMs,
    ),
    lifecycle: settle,
    securityContext: containerSecurity,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: scratchVolume, mountPath: scratchFolder },
      ...(engine.sharedMemory === undefined ? [] : [{ name: 'shm', mountPath: '/dev/shm' }]),
      ...mounts,
    ],
  };
  return { container, resources };
}
