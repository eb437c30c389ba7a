import type { EngineSpec, ModelService } from '@kumiki/api';
import { faultsAnnotation, restartedAtAnnotation } from './annotations.ts';
import { fillDeadlines, ownDeadlines, stallLimitMs } from './fill-deadlines.ts';
import { type Digest, nameRevision } from './revision.ts';
import type { Launch, ProcessTarget, Resolution } from './target.ts';

/** A model file that was found for a manifest. */
export interface FoundModel {
  /** Where the worker reads it: an absolute path, or `simulated:`. */
  readonly source: string;
  /** Bytes of all its parts; 0 when there is no file. */
  readonly fileBytes: number;
  /** Changes when the files change, as far as their metadata shows. */
  readonly identity: string;
  /** The model name from its file, when the manifest names a folder of models; null when it names one model. */
  readonly nameInFolder: string | null;
}

/** What targets depend on besides the manifest. */
export interface TargetContext {
  /** Unix seconds of the service's first apply. */
  readonly created: number;
  readonly digest: Digest;
}

/** The targets of a service whose models run in our workers. */
export function buildProcessTargets(
  service: ModelService,
  engine: EngineSpec,
  found: readonly FoundModel[],
  context: TargetContext,
): Resolution {
  const { name, aliases } = service.spec.model;
  if (found.some(({ nameInFolder }) => nameInFolder !== null) && (name !== undefined || aliases.length > 0)) {
    return {
      ok: false,
      reason: 'spec.model: in a folder each model is named for its file; leave name and aliases out',
    };
  }
  return { ok: true, targets: found.map((model) => buildTarget(service, engine, model, context)) };
}

function buildTarget(
  { metadata, spec }: ModelService,
  engine: EngineSpec,
  { source, fileBytes, identity, nameInFolder }: FoundModel,
  { created, digest }: TargetContext,
): ProcessTarget {
  const model = spec.model.name ?? nameInFolder ?? metadata.name;
  const deadlines = fillDeadlines(spec.deadlines, ownDeadlines);
  const faults = metadata.annotations?.[faultsAnnotation] === 'allowed';
  const launch: Launch = {
    model,
    source,
    task: spec.task,
    engine,
    fileBytes,
    stallMs: stallLimitMs(deadlines),
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
    revision: nameRevision([model, source, identity, spec.task, engine, faults, restartedAt], digest),
    replicas: spec.replicas,
    launch,
  };
}
