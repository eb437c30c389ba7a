import type { Replica, ServiceStatus } from '@kumiki/api';
import { conditionOf } from '../operate/judge-service.ts';

/** Why something cannot be done now. */
export type OffReason = 'cannot_be_served' | 'not_run_here' | 'nothing_runs' | 'rolling_out' | 'no_log';

/** Which operations a service allows; null: allowed. The same rules as the product's. */
export const serviceCan = {
  scale(service: ServiceStatus): OffReason | null {
    if (isUnservable(service)) return 'cannot_be_served';
    return isRemote(service) ? 'not_run_here' : null;
  },
  restart(service: ServiceStatus): OffReason | null {
    if (isUnservable(service)) return 'cannot_be_served';
    if (isRemote(service)) return 'not_run_here';
    if (service.desired === 0) return 'nothing_runs';
    const rolling = conditionOf(service, 'Progressing');
    const fails = conditionOf(service, 'Degraded')?.status === 'True';
    // A failing rollout may be restarted; a healthy one should not be.
    return rolling?.status === 'True' && rolling.reason === 'RollingOut' && !fails ? 'rolling_out' : null;
  },
  showLog(service: ServiceStatus): OffReason | null {
    if (isRemote(service)) return 'not_run_here';
    return service.replicas.length === 0 ? 'no_log' : null;
  },
} as const;

export const replicaCan = {
  showLog(replica: Replica): OffReason | null {
    return isRemoteReplica(replica) ? 'not_run_here' : null;
  },
} as const;

/** An outside server: it has an address and no process. */
export function isRemoteReplica({ pid, url, phase }: Replica): boolean {
  return pid === null && url !== null && phase === 'ready';
}

function isRemote({ manifest }: ServiceStatus): boolean {
  return manifest.spec.engine?.kind === 'openai' || /^https?:/.test(manifest.spec.model.source);
}

function isUnservable(service: ServiceStatus): boolean {
  return conditionOf(service, 'Degraded')?.reason === 'CannotBeServed';
}
