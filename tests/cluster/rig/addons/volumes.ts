import { type NodeSeat, volumesFolder, volumesPerNode } from '../node/start-node.ts';

const className = 'local';
const capacity = '10Gi';

/** The class that claims get when they name none: folders of the nodes, bound when a pod that wants one has its node. */
export function volumeClass(): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: className, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
}

/** The volumes of a node. A volume whose claim is deleted is not used again: it holds that claim's data. */
export function volumesOf({ name }: NodeSeat): object[] {
  const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }];
  return Array.from({ length: volumesPerNode }, (_, volume) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${name}-${volume}` },
    spec: {
      capacity: { storage: capacity },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: className,
      local: { path: `${volumesFolder}/${volume}` },
      nodeAffinity: { required: { nodeSelectorTerms: terms } },
    },
  }));
}
