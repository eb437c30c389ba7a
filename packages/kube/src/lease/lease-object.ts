import type { KubeObject, ObjectKey } from '../objects/kube-object.ts';
import { microTime } from '../objects/micro-time.ts';
import { resources } from '../objects/resource-ref.ts';
import type { LeaseRecord } from './judge-lease.ts';

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

export function readLease(object: KubeObject): LeaseRecord {
  const spec = (object['spec'] ?? {}) as LeaseSpec;
  return {
    holder: spec.holderIdentity ?? '',
    durationMs: (spec.leaseDurationSeconds ?? 0) * 1000,
    renewTime: spec.renewTime ?? '',
    transitions: spec.leaseTransitions ?? 0,
  };
}

export interface LeaseWrite {
  readonly holder: string;
  readonly leaseMs: number;
  /** Wall clock, for people: nothing decides by it. */
  readonly nowMs: number;
  readonly transitions: number;
  /** Absent for a renewal. */
  readonly acquired?: boolean;
}

/** The Lease to write; of an existing one with everything else as it was read. */
export function writeLease(key: ObjectKey, before: KubeObject | null, write: LeaseWrite): KubeObject {
  const { apiVersion, kind } = resources.leases;
  const time = microTime(write.nowMs);
  return {
    ...before,
    apiVersion,
    kind,
    metadata: before?.metadata ?? key,
    spec: {
      ...(before?.['spec'] as LeaseSpec | undefined),
      holderIdentity: write.holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(write.leaseMs / 1000)),
      renewTime: time,
      leaseTransitions: write.transitions,
      ...(write.acquired === true && { acquireTime: time }),
    },
  };
}
