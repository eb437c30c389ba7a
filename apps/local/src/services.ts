import { type ApplyResult, KumikiError, type ModelService } from '@kumiki/api';
import { checkMemory } from '@kumiki/policy';
import type { ServiceStore, StoredService } from './home/service-store.ts';
import type { OutsideAccess } from './outside/outside-access.ts';
import type { ObservedReplica } from './replicas/replica.ts';
import type { ModelAccess } from './sources/model-access.ts';
import { resolveService, restartedAtAnnotation } from './sources/resolve-service.ts';
import type { Resolution, Target } from './sources/target.ts';

/** A service that this machine is told to run. */
export interface Service extends StoredService {
  readonly resolution: Resolution;
}

export interface Services {
  all(): readonly Service[];
  get(name: string): Service | undefined;
  targets(): readonly Target[];
  /** Checks all, then stores all; nothing is changed when one of them is refused. Throws KumikiError. */
  apply(manifests: readonly ModelService[]): Promise<ApplyResult['data']>;
  remove(name: string): Promise<boolean>;
}

export interface ServicesOptions {
  readonly store: ServiceStore;
  readonly modelsFolder: string;
  readonly mayRead: ModelAccess;
  readonly outside: OutsideAccess;
  readonly nowUnix: () => number;
  readonly freeBytes: () => number;
  readonly replicas: () => Iterable<ObservedReplica>;
  readonly changed: () => void;
}

/** Most services of one machine. */
const maxServices = 256;

/**
 * The services of this machine, restored from the store. One that cannot be served any more (its file is gone) stays,
 * with the reason, since the cause may pass.
 */
export async function openServices(stored: readonly StoredService[], options: ServicesOptions): Promise<Services> {
  const services = new Map<string, Service>();
  for (const one of stored) {
    const resolution = await resolveService(one.manifest, one.created, options.modelsFolder, options.mayRead);
    services.set(one.manifest.metadata.name, { ...one, resolution });
  }
  const targets = (): Target[] =>
    [...services.values()].flatMap(({ resolution }) => (resolution.ok ? resolution.targets : []));

  return {
    all: () => [...services.values()],
    get: (name) => services.get(name),
    targets,
    async apply(manifests) {
      const next = await Promise.all(manifests.map((manifest) => prepare(manifest, services, options)));
      const names = new Set(next.map(({ manifest }) => manifest.metadata.name));
      if (new Set([...services.keys(), ...names]).size > maxServices) {
        throw new KumikiError('conflict', { reason: `One machine runs at most ${maxServices} services` });
      }
      const others = [...services.values()].filter(({ manifest }) => !names.has(manifest.metadata.name));
      refuseSharedModels([...others, ...next]);
      for (const service of next) refuseTooLarge(service, options);
      const result = next.map((service) => {
        const { name } = service.manifest.metadata;
        return { name, change: changeOf(services.get(name), service) };
      });
      await options.store.save(next);
      for (const service of next) services.set(service.manifest.metadata.name, service);
      options.changed();
      return result;
    },
    async remove(name) {
      if (!services.has(name)) return false;
      await options.store.remove(name);
      services.delete(name);
      options.changed();
      return true;
    },
  };
}

async function prepare(
  manifest: ModelService,
  services: ReadonlyMap<string, Service>,
  { modelsFolder, mayRead, nowUnix, outside }: ServicesOptions,
): Promise<Service> {
  const { name } = manifest.metadata;
  const before = services.get(name);
  const created = before?.created ?? nowUnix();
  const kept = before === undefined ? manifest : keepRestart(manifest, before.manifest);
  const resolution = await resolveService(kept, created, modelsFolder, mayRead);
  if (!resolution.ok) throw new KumikiError('manifest_invalid', { reason: `${name}: ${resolution.reason}.` });
  for (const target of resolution.targets) if (target.kind === 'remote') await outside.require(target);
  return { manifest: kept, created, resolution };
}

/** A manifest that knows nothing of a restart does not undo it, or applying it would restart everything again. */
function keepRestart(manifest: ModelService, before: ModelService): ModelService {
  const restartedAt = before.metadata.annotations?.[restartedAtAnnotation];
  if (restartedAt === undefined || manifest.metadata.annotations?.[restartedAtAnnotation] !== undefined)
    return manifest;
  const annotations = { ...manifest.metadata.annotations, [restartedAtAnnotation]: restartedAt };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function changeOf(before: Service | undefined, after: Service): 'created' | 'configured' | 'unchanged' {
  if (before === undefined) return 'created';
  const same =
    JSON.stringify(before.manifest) === JSON.stringify(after.manifest) &&
    JSON.stringify(before.resolution) === JSON.stringify(after.resolution);
  return same ? 'unchanged' : 'configured';
}

/** One model name leads to one service, or clients would get now one model and now another. */
function refuseSharedModels(services: readonly Service[]): void {
  const owner = new Map<string, string>();
  for (const { manifest, resolution } of services) {
    const { name } = manifest.metadata;
    for (const target of resolution.ok ? resolution.targets : []) {
      for (const model of [target.model, ...target.aliases]) {
        const other = owner.get(model);
        if (other !== undefined) {
          throw new KumikiError('conflict', {
            reason: `${name}: the model name '${model}' is already that of the service '${other}'; give one of them another spec.model.name`,
          });
        }
        owner.set(model, name);
      }
    }
  }
}

/** Refuses what certainly does not fit beside what runs now. */
function refuseTooLarge({ resolution }: Service, { freeBytes, replicas }: ServicesOptions): void {
  const running = [...replicas()];
  for (const target of resolution.ok ? resolution.targets : []) {
    if (target.kind === 'remote') continue;
    const there = running.filter(({ key, revision }) => key === target.key && revision === target.revision).length;
    const more = target.replicas - there;
    if (more <= 0) continue;
    const free = freeBytes();
    const verdict = checkMemory(target.launch.fileBytes, more, free);
    if (verdict.fits) continue;
    const most = there + verdict.fittingReplicas;
    const remedy =
      most > 0
        ? `Set spec.replicas to ${most}.`
        : 'Take a smaller model or quantisation, or free memory on this machine.';
    throw new KumikiError('insufficient_memory', {
      model: target.model,
      neededMiB: Math.ceil(verdict.neededBytes / 1_048_576),
      availableMiB: Math.floor(free / 1_048_576),
      remedy,
    });
  }
}

/** The sentence for a service that is not there. */
export function noSuchService(name: string, known: readonly string[], hint: string): KumikiError {
  return new KumikiError('not_found', {
    what: 'service',
    id: name,
    hint: hint === '' && known.length > 0 ? ` There are: ${known.join(', ')}.` : hint,
  });
}
