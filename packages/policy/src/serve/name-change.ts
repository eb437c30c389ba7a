import type { ServedService } from './served-service.ts';

/** The kind of change that applying a service makes. Equal manifests with equal targets are unchanged. */
export function nameChange(
  before: ServedService | undefined,
  after: ServedService,
): 'created' | 'configured' | 'unchanged' {
  if (before === undefined) return 'created';
  const same =
    JSON.stringify(before.manifest) === JSON.stringify(after.manifest) &&
    JSON.stringify(before.resolution) === JSON.stringify(after.resolution);
  return same ? 'unchanged' : 'configured';
}
