import { createHash } from 'node:crypto';
import type { KubeObject } from '@kumiki/kube';

/** Tells from what an object was made, so that an object which is as it should be is not written again. */
export const digestAnnotation = 'kumiki.dev/digest';
const digits = 16;

export function digestOf(object: KubeObject): string {
  return createHash('sha256').update(JSON.stringify(object)).digest('hex').slice(0, digits);
}

export function withDigest(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [digestAnnotation]: digestOf(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
