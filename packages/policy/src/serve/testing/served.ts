import { createHash } from 'node:crypto';
import { engineSchema, type ModelService, type ModelServiceInput, modelServiceSchema } from '@kumiki/api';
import { buildProcessTargets } from '../build-process-targets.ts';
import { buildRemoteTarget } from '../build-remote-target.ts';
import type { ObservedReplica } from '../observed-replica.ts';
import type { ServedService } from '../served-service.ts';
import type { ProcessTarget } from '../target.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function manifestOf(
  name: string,
  spec: Partial<ModelServiceInput['spec']> = {},
  annotations: Record<string, string> = {},
): ModelService {
  return modelServiceSchema.parse({
    apiVersion: 'kumiki.dev/v1alpha1',
    kind: 'ModelService',
    metadata: { name, annotations },
    spec: { model: { source: 'simulated:' }, ...spec },
  });
}

/** A service of the simulated engine, or of outside servers when its engine is `openai`. */
export function servedOf(...given: Parameters<typeof manifestOf>): ServedService {
  const manifest = manifestOf(...given);
  const { engine, model } = manifest.spec;
  const context = { created: 7, digest: sha256 };
  if (engine?.kind === 'openai') {
    return { manifest, created: 7, resolution: buildRemoteTarget(manifest, engine, context) };
  }
  const found = { source: model.source, fileBytes: 0, identity: '', nameInFolder: null };
  const own = engine ?? engineSchema.parse({ kind: 'simulated' });
  return { manifest, created: 7, resolution: buildProcessTargets(manifest, own, [found], context) };
}

export function processTargetOf({ resolution }: ServedService): ProcessTarget {
  const [target] = resolution.ok ? resolution.targets : [];
  if (target?.kind !== 'process') throw new Error('the service has no target of processes');
  return target;
}

/** A serving replica of a target, with the given changes. */
export function replicaOf(target: ProcessTarget, change: Partial<ObservedReplica> = {}): ObservedReplica {
  return {
    id: `${target.service}-0`,
    key: target.key,
    service: target.service,
    model: target.model,
    revision: target.revision,
    restarts: 0,
    crashes: 0,
    ended: null,
    lastEnd: null,
    readyAt: 1,
    drainingSince: null,
    terminatedAt: null,
    killedAt: null,
    load: { at: 1, running: 1, waiting: 0, maxInFlight: 12, maxRunning: 4, simulated: true, kvCache: null },
    url: 'http://10.0.0.1:8000',
    healthUrl: null,
    progress: 1,
    startedAtUnix: 5,
    ...change,
  };
}
