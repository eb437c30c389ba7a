import type { ObservedNode, ObservedPod } from '@kumiki/policy';
import type { ClusterService } from '../objects/observed-service.ts';

/** Kinds that the operator makes for a service. */
export type OwnedKind = 'Deployment' | 'Service' | 'PodDisruptionBudget' | 'NetworkPolicy' | 'Secret';

/** What is kept of an object that the operator makes. */
export interface OwnedObject {
  readonly kind: OwnedKind;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** The service that its labels name; empty for an object of somebody else. */
  readonly service: string;
  /** The ModelService that controls it; empty without one. */
  readonly owner: string;
  /** Of what it was made from, as the operator wrote it. */
  readonly digest: string;
  readonly deleting: boolean;
}

export interface OwnedDeployment extends OwnedObject {
  readonly kind: 'Deployment';
  readonly revision: string;
  readonly size: number;
  readonly served: boolean;
  /** Why a pod of it was refused by the API server; null when none was. */
  readonly refusal: string | null;
}

/** Everything that a plan depends on. */
export interface Observed {
  readonly service: ClusterService;
  readonly deployments: readonly OwnedDeployment[];
  /** Other objects of the service, and objects of others with the names that it wants. */
  readonly beside: readonly OwnedObject[];
  readonly pods: readonly ObservedPod[];
  readonly nodes: readonly ObservedNode[];
  /** The other service that has the model name, as `namespace/name`; null when none has. */
  readonly nameTakenBy: string | null;
  /** How long gateways have not reached a pod, by its name. */
  readonly unreachableMs: ReadonlyMap<string, number>;
  /** Why the last write was refused; null when none was. */
  readonly refusal: string | null;
}
