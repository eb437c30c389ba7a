import { apiVersion, labels, type ModelServiceInput, operatorName, zoneLabel } from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import { objectNameOf } from '@kumiki/policy';
import { sha256 } from '../read-objects.ts';

/** Objects as an API server has them, in the namespace `test`. */

export const namespace = 'test';

interface ServiceChange {
  readonly spec?: Partial<ModelServiceInput['spec']> | Record<string, unknown>;
  readonly uid?: string;
  /** Unix seconds. */
  readonly created?: number;
}

const timestamp = (unix: number): string => new Date(unix * 1_000).toISOString();

export function modelServiceObject(name: string, change: ServiceChange = {}): KubeObject {
  const { spec = {}, uid = `uid-of-${name}`, created = 1_000 } = change;
  return {
    apiVersion,
    kind: 'ModelService',
    metadata: { name, namespace, uid, creationTimestamp: timestamp(created) },
    spec: { model: { source: 'simulated:' }, ...spec },
  };
}

export function tokenSecretObject(
  service: string,
  token = `token-of-${service}`,
  uid = `uid-of-${service}`,
): KubeObject {
  const owner = { apiVersion, kind: 'ModelService', name: service, uid, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: objectNameOf(service, sha256), namespace, ownerReferences: [owner] },
    data: { token: Buffer.from(token).toString('base64') },
  };
}

interface PodChange {
  readonly address?: string;
  readonly ready?: boolean;
  readonly deleting?: boolean;
  readonly zone?: string;
  readonly revision?: string;
  readonly httpPort?: number;
  /** Without one nobody asks for its places. */
  readonly opsPort?: number;
  /** Unix seconds. */
  readonly created?: number;
}

export function podObject(name: string, service: string, change: PodChange = {}): KubeObject {
  const { address = addressOf(name), ready = true, deleting = false, zone, revision = 'r1', httpPort = 8_000 } = change;
  const ops = change.opsPort === undefined ? [] : [{ name: 'ops', containerPort: change.opsPort }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      creationTimestamp: timestamp(change.created ?? 2_000),
      labels: {
        [labels.service]: service,
        [labels.revision]: revision,
        [labels.managedBy]: operatorName,
        ...(zone === undefined ? {} : { [zoneLabel]: zone }),
      },
      ...(deleting ? { deletionTimestamp: timestamp(3_000) } : {}),
    },
    spec: { containers: [{ name: 'worker', ports: [{ name: 'http', containerPort: httpPort }, ...ops] }] },
    status: {
      phase: 'Running',
      podIP: address,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ restartCount: 0, started: true, state: { running: {} } }],
    },
  };
}

/** An address of its own for each name. */
function addressOf(name: string): string {
  const digits = Number.parseInt(sha256(name).slice(0, 6), 16);
  return `10.${(digits >> 16) & 255}.${(digits >> 8) & 255}.${digits & 255}`;
}
