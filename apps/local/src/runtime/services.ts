import { type ApplyResult, KumikiError, type ModelService } from '@kumiki/api';
import {
  judgeAdmission,
  keepRestart,
  nameChange,
  type ObservedReplica,
  type ServedService,
  type Target,
} from '@kumiki/policy';
import type { ServiceStore, StoredService } from '../home/service-store.ts';
import type { OutsideAccess } from '../outside/outside-access.ts';
import type { ModelAccess } from '../sources/model-access.ts';
import { resolveService } from '../sources/resolve-service.ts';

export interface Services {
  all(): readonly ServedService[];
  get(name: string): ServedService | undefined;
  targets(): readonly Target[];
  /** Checks all, then stores all; changes nothing when one of them is refused. Throws KumikiError. */
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
 * The services of this machine, restored from the store. A service that can no longer be served (because its file is
 * gone, for example) is kept with the reason, since the cause may be temporary.
 */
export async function openServices(stored: readonly StoredService[], options: ServicesOptions): Promise<Services> {
  const services = new Map<string, ServedService>();
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
      const others = [...services.values()].filter(({ manifest }) => !names.has(manifest.metadata.name));
      const machine = { freeBytes: options.freeBytes(), running: [...options.replicas()] };
      const refusal = judgeAdmission({ next, others, maxServices, machine });
      if (refusal !== null) throw refusal;
      const result = next.map((service) => {
        const { name } = service.manifest.metadata;
        return { name, change: nameChange(services.get(name), service) };
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
  services: ReadonlyMap<string, ServedService>,
  { modelsFolder, mayRead, nowUnix, outside }: ServicesOptions,
): Promise<ServedService> {
  const { name } = manifest.metadata;
  const before = services.get(name);
  const created = before?.created ?? nowUnix();
  const kept = before === undefined ? manifest : keepRestart(manifest, before.manifest);
  const resolution = await resolveService(kept, created, modelsFolder, mayRead);
  if (!resolution.ok) throw new KumikiError('manifest_invalid', { reason: `${name}: ${resolution.reason}.` });
  for (const target of resolution.targets) if (target.kind === 'remote') await outside.require(target);
  return { manifest: kept, created, resolution };
}
