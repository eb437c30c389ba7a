import { containerSecurity } from './pod-security.ts';
import { type ModelPlace, modelFolder } from './resolve-model.ts';

export interface ModelMounts {
  readonly volumes: readonly object[];
  readonly mounts: readonly object[];
  readonly initContainers: readonly object[];
}

const volume = 'model';
/** The longest time for a download before its pod begins it again. */
const downloadMemory = '256Mi';

/** What makes the bytes of a model arrive in a pod. The one place where they do. */
export function modelMounts(place: ModelPlace, image: string, pullPolicy: string): ModelMounts {
  const mount = { name: volume, mountPath: modelFolder, readOnly: true };
  switch (place.kind) {
    case 'none':
    case 'shipped':
      return { volumes: [], mounts: [], initContainers: [] };
    case 'claim':
      return {
        volumes: [{ name: volume, persistentVolumeClaim: { claimName: place.claim, readOnly: true } }],
        mounts: [mount],
        initContainers: [],
      };
    case 'image':
      return {
        volumes: [{ name: volume, image: { reference: place.image, pullPolicy: 'IfNotPresent' } }],
        mounts: [mount],
        initContainers: [],
      };
    case 'download':
      return {
        volumes: [{ name: volume, emptyDir: {} }],
        mounts: [mount],
        initContainers: [
          {
            name: 'load',
            image,
            imagePullPolicy: pullPolicy,
            command: ['node', 'apps/operator/src/load/main.ts'],
            env: [
              { name: 'KUMIKI_LOAD_URL', value: place.url },
              { name: 'KUMIKI_LOAD_DIGEST', value: place.digest },
              { name: 'KUMIKI_LOAD_FILE', value: `${modelFolder}/${place.path}` },
            ],
            resources: { requests: { cpu: '100m', memory: downloadMemory }, limits: { memory: downloadMemory } },
            securityContext: containerSecurity,
            volumeMounts: [{ name: volume, mountPath: modelFolder }],
          },
        ],
      };
  }
}
