import { KumikiError, type ModelService } from '@kumiki/api';
import { restartedAtAnnotation } from './annotations.ts';
import type { ServedService } from './served-service.ts';

/** A service's manifest with another number of replicas, or why it cannot have one. */
export function withReplicas({ manifest, resolution }: ServedService, replicas: number): ModelService | KumikiError {
  const { name } = manifest.metadata;
  if (resolution.ok && manifest.spec.engine?.kind !== 'openai') {
    return { ...manifest, spec: { ...manifest.spec, replicas } };
  }
  return new KumikiError('conflict', {
    reason: `'${name}' is not run by Kumiki here, so it cannot be scaled here; change spec.engine.endpoints instead`,
  });
}

/** A manifest whose replicas are replaced, one after the other, since its revision is another. @param at ISO 8601. */
export function withRestart(manifest: ModelService, at: string): ModelService {
  return annotated(manifest, at);
}

/** A manifest that knows nothing of a restart does not undo it, or applying it would restart everything again. */
export function keepRestart(manifest: ModelService, before: ModelService): ModelService {
  const at = before.metadata.annotations?.[restartedAtAnnotation];
  const own = manifest.metadata.annotations?.[restartedAtAnnotation];
  return at === undefined || own !== undefined ? manifest : annotated(manifest, at);
}

function annotated(manifest: ModelService, at: string): ModelService {
  const annotations = { ...manifest.metadata.annotations, [restartedAtAnnotation]: at };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
