import { KumikiError, type ModelService, type ServiceStatus } from '@kumiki/api';
import { type ChangeLog, type Installation, noSuchService } from '@kumiki/control';
import { describeService, type ServedService, withReplicas, withRestart } from '@kumiki/policy';
import type { OutsideAccess } from '../outside/outside-access.ts';
import type { Fleet } from '../replicas/fleet.ts';
import type { Services } from './services.ts';

export type ServiceOperations = Pick<Installation, 'service' | 'apply' | 'scale' | 'restart' | 'remove'>;

export interface ServiceOperationsOptions {
  readonly services: Services;
  readonly fleet: Fleet;
  readonly outside: OutsideAccess;
  readonly changes: ChangeLog;
}

/** Operations on services, run one at a time: two concurrent ones could each pass a check that they fail together. */
export function serviceOperations({ services, fleet, outside, changes }: ServiceOperationsOptions): ServiceOperations {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(operation: () => Promise<Result>): Promise<Result> => {
    const result = last.then(operation);
    last = result.catch(() => undefined);
    return result;
  };
  const find = (name: string): ServedService => {
    const service = services.get(name);
    if (service !== undefined) return service;
    throw noSuchService(
      name,
      services.all().map(({ manifest }) => manifest.metadata.name),
    );
  };
  const describe = (name: string): ServiceStatus => describeHere(find(name), fleet, outside);
  const edit = async (name: string, change: (service: ServedService) => ModelService | KumikiError): Promise<void> => {
    const edited = change(find(name));
    if (edited instanceof KumikiError) throw edited;
    await services.apply([edited]);
  };
  return {
    service: describe,
    apply: (manifests, by) =>
      inTurn(async () => {
        const data = await services.apply(manifests);
        for (const { name, change } of data) {
          if (change !== 'unchanged') changes.add({ kind: `service.${change}`, subject: name, by });
        }
        return data;
      }),
    scale: (name, replicas, by) =>
      inTurn(async () => {
        const from = describe(name).desired;
        await edit(name, (service) => withReplicas(service, replicas));
        if (from !== replicas) {
          changes.add({ kind: 'service.scaled', subject: name, params: { from, to: replicas }, by });
        }
        return describe(name);
      }),
    restart: (name, by) =>
      inTurn(async () => {
        await edit(name, ({ manifest }) => withRestart(manifest, new Date().toISOString()));
        changes.add({ kind: 'service.restarted', subject: name, by });
        return describe(name);
      }),
    remove: (name, by) =>
      inTurn(async () => {
        find(name);
        await services.remove(name);
        changes.add({ kind: 'service.removed', subject: name, by });
      }),
  };
}

/** A service's status with the processes of this machine. */
export function describeHere(service: ServedService, fleet: Fleet, outside: OutsideAccess): ServiceStatus {
  return describeService(service, fleet.replicas(), outside, (replica) => replica);
}
