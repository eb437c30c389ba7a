import { KumikiError, type ModelService } from '@kumiki/api';
import { restartedAtAnnotation } from './annotations.ts';
import type { ServedService } from './served-service.ts';

/** A service's manifest with a new number of replicas, or why it cannot be scaled. */
export function withReplicas({ manifest, resolution }: ServedService, replicas: number): ModelService | KumikiError {
  const { name } = manifest.metadata;
  if (resolution.ok && manifest.spec.engine?.kind !== 'openai') {
    return { ...manifest, spec: { ...manifest.spec, replicas } };
  }
  return new KumikiError('conflict', {
    reason: `'${name}' is not run by Kumiki here, so it cannot be scaled here; change spec.engine.endpoints instead`,
  });
}

/** A manifest with a new revision, so that its replicas are replaced one by one. @param at ISO 8601. */
export function withRestart(manifest: ModelService, at: string): ModelService {
  return annotated(manifest, at);
}

/**
 * Copies the restart annotation to a manifest that lacks it. Without it, applying the manifest would change the
 * revision and restart everything again.
 */
export function keepRestart(manifest: ModelService, before: ModelService): ModelService {
  const at = before.metadata.annotations?.[restartedAtAnnotation];
  const own = manifest.metadata.annotations?.[restartedAtAnnotation];
  return at === undefined || own !== undefined ? manifest : annotated(manifest, at);
}

function annotated(manifest: ModelService, at: string): ModelService {
  const annotations = { ...manifest.metadata.annotations, [restartedAtAnnotation]: at };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
