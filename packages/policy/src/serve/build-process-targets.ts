import type { EngineSpec, ModelService } from '@kumiki/api';
import { faultsAnnotation, restartedAtAnnotation } from './annotations.ts';
import { fillDeadlines, ownDeadlines, stallLimitMs } from './fill-deadlines.ts';
import { type Digest, nameRevision } from './revision.ts';
import type { Launch, ProcessTarget, Resolution } from './target.ts';

/** A model that was found where a manifest says. */
export interface FoundModel {
  /** Where the worker reads it: an absolute path, or `simulated:`. */
  readonly source: string;
  /** With all of its parts; 0 where nothing is read. */
  readonly fileBytes: number;
  /** Changes with the content of the files, as far as that is seen from outside. */
  readonly identity: string;
  /** What its own file calls it, where the manifest names a folder of models; null where it names one model. */
  readonly nameInFolder: string | null;
}

/** What makes targets of a manifest, besides itself. */
export interface TargetContext {
  /** Unix seconds of the service's first apply. */
  readonly created: number;
  readonly digest: Digest;
}

/** The targets of a service whose models workers of ours load. */
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
