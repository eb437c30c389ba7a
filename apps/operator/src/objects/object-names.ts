import { createHash } from 'node:crypto';
import { objectNameOf } from '@kumiki/policy';

/** The name of an object of a service. */
export function objectName(service: string, suffix = ''): string {
  return objectNameOf(service, (text) => createHash('sha256').update(text).digest('hex'), suffix);
}

/** The Deployment of a revision. Its name may be longer than that of a Service. */
export function deploymentName(service: string, revision: string): string {
  return `${service}-${revision}`;
}
