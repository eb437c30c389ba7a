import { apiVersion, labels, operatorName } from '@kumiki/api';
import type { OwnerReference } from '@kumiki/kube';

export const partOf = 'kumiki';
/** `app.kubernetes.io/managed-by` of what the operator makes. */
export const manager = operatorName;
/** Where a pod answers for the components of Kumiki: its role among them. */
const componentLabel = 'app.kubernetes.io/component';

/** The labels that select the pods of a service, which never change. */
export function selectorOf(service: string): Record<string, string> {
  return { [labels.service]: service };
}

/** The labels of every object of a service. */
export function labelsOf(service: string): Record<string, string> {
  return {
    ...selectorOf(service),
    'app.kubernetes.io/name': 'model-service',
    'app.kubernetes.io/instance': service,
    'app.kubernetes.io/part-of': partOf,
    [labels.managedBy]: manager,
    [componentLabel]: 'worker',
  };
}

/** Makes an object end with its ModelService. */
export function ownedBy({ name, uid }: { readonly name: string; readonly uid: string }): OwnerReference {
  return { apiVersion, kind: 'ModelService', name, uid, controller: true, blockOwnerDeletion: true };
}
