import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Deadlines, type EngineSpec, type ModelService, withoutTrailing } from '@kumiki/api';
import { findGgufModels } from './gguf-files.ts';
import type { ModelAccess } from './model-access.ts';
import { chooseEngine, demoFiles, demoHint, sourceKind } from './source-kind.ts';
import type { Launch, ProcessTarget, RemoteTarget, Resolution } from './target.ts';

/**
 * Our workers send a sign of life every second while the engine moves, so four seconds of silence are proof enough
 * to leave one. Of other servers nothing is known: their first byte may wait for a long prompt.
 */
const ownDeadlines = { headersMs: 4_000, betweenTokensMs: 4_000 };
const remoteDeadlines = { headersMs: 120_000, betweenTokensMs: 60_000 };

/** Killing costs more than leaving: a worker calls its engine stuck after so many silences between tokens. */
const stallFactor = 4;

/** A change of this annotation makes a new revision, as `kubectl rollout restart` does. */
export const restartedAtAnnotation = 'kumiki.dev/restarted-at';
/** With the value `allowed`, a simulated worker takes orders to fail. For tests. */
const faultsAnnotation = 'kumiki.dev/simulated-faults';

/**
 * Holds a manifest against this machine: finds its files, its engine and its servers.
 * @param modelsFolder where the shipped models lie.
 * @param mayRead what else may be read as a model.
 */
export async function resolveService(
  service: ModelService,
  created: number,
  modelsFolder: string,
  mayRead: ModelAccess,
): Promise<Resolution> {
  const choice = chooseEngine(service);
  if (!choice.ok) return choice;
  if (choice.engine.kind === 'openai') return resolveRemote(service, choice.engine, created);
  const { spec, metadata } = service;
  const { source } = spec.model;
  if (sourceKind(source) === 'simulated') {
    return {
      ok: true,
      targets: [
        processTarget(service, created, choice.engine, spec.model.name ?? metadata.name, {
          source,
          fileBytes: 0,
          identity: '',
        }),
      ],
    };
  }
  const demo = demoFiles[source];
  if (sourceKind(source) === 'demo' && demo === undefined) {
    return refuse(`spec.model.source: there is no '${source}'. ${demoHint(source)}`);
  }
  const found =
    demo === undefined
      ? await findGgufModels(source, mayRead)
      : await findGgufModels(join(modelsFolder, demo), async () => null);
  if (!found.ok) return refuse(`spec.model.source: ${found.reason}`);
  const { models, isFolder } = found;
  if (isFolder && (spec.model.name !== undefined || spec.model.aliases.length > 0)) {
    return refuse('spec.model: in a folder each model is named for its file; leave name and aliases out');
  }
  return {
    ok: true,
    targets: models.map((model) =>
      processTarget(service, created, choice.engine, spec.model.name ?? (isFolder ? model.name : metadata.name), {
        source: model.path,
        fileBytes: model.bytes,
        identity: model.identity,
      }),
    ),
  };
}

interface Loaded {
  readonly source: string;
  readonly fileBytes: number;
  readonly identity: string;
}

function processTarget(
  { metadata, spec }: ModelService,
  created: number,
  engine: EngineSpec,
  model: string,
  loaded: Loaded,
): ProcessTarget {
  const deadlines = fillDeadlines(spec.deadlines, ownDeadlines);
  const faults = metadata.annotations?.[faultsAnnotation] === 'allowed';
  const launch: Launch = {
    model,
    source: loaded.source,
    task: spec.task,
    engine,
    fileBytes: loaded.fileBytes,
    stallMs: deadlines.betweenTokensMs * stallFactor,
    startTimeoutMs: spec.rollout.startTimeoutMs,
    drainTimeoutMs: spec.rollout.drainTimeoutMs,
    faults,
  };
  const restartedAt = metadata.annotations?.[restartedAtAnnotation] ?? '';
  return {
    kind: 'process',
    key: `${metadata.name}/${model}`,
    service: metadata.name,
    model,
    aliases: spec.model.aliases,
    task: spec.task,
    created,
    deadlines,
    revision: digest([model, loaded.source, loaded.identity, spec.task, engine, faults, restartedAt]),
    replicas: spec.replicas,
    launch,
  };
}

function resolveRemote(
  { metadata, spec }: ModelService,
  engine: Extract<EngineSpec, { kind: 'openai' }>,
  created: number,
): Resolution {
  const wrong = [spec.model.source, ...engine.endpoints].find((url) => !isServerUrl(url));
  if (wrong !== undefined) {
    return refuse(
      `spec: '${wrong.slice(wrong.lastIndexOf('@') + 1)}' is no URL of a server. Write http:// or https://, a host and a path, without a user name, a query or a fragment`,
    );
  }
  const model = spec.model.name ?? metadata.name;
  const urls = [spec.model.source, ...engine.endpoints].map(basePath);
  const target: RemoteTarget = {
    kind: 'remote',
    key: `${metadata.name}/${model}`,
    service: metadata.name,
    model,
    aliases: spec.model.aliases,
    task: spec.task,
    created,
    deadlines: fillDeadlines(spec.deadlines, remoteDeadlines),
    revision: digest([spec.model.source, spec.task, engine]),
    urls: [...new Set(urls)],
    apiKey: engine.apiKeyFrom?.secretKeyRef ?? null,
    upstreamModel: engine.upstreamModel ?? null,
    continuation: engine.continuation,
    maxInFlight: engine.maxInFlight,
  };
  return { ok: true, targets: [target] };
}

/** Nothing in it may be secret, since it is shown, and nothing may follow what is appended to it. */
function isServerUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === ''
  );
}

/** `http://host:8000/v1/` and `http://host:8000` are the same server. */
function basePath(url: string): string {
  return withoutTrailing(url, '/').replace(/\/v1$/, '');
}

function fillDeadlines(
  given: ModelService['spec']['deadlines'],
  defaults: { readonly headersMs: number; readonly betweenTokensMs: number },
): Deadlines {
  return {
    connectMs: given.connectMs,
    headersMs: given.headersMs ?? defaults.headersMs,
    firstTokenMs: given.firstTokenMs,
    betweenTokensMs: given.betweenTokensMs ?? defaults.betweenTokensMs,
    totalMs: given.totalMs,
  };
}

/** Short enough for names; 32 bits tell the few revisions of one service apart. */
function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

function refuse(reason: string): Resolution {
  return { ok: false, reason };
}
