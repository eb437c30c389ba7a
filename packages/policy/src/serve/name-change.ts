import type { ServedService } from './served-service.ts';

/** What applying a service changes. Equal texts and equal targets are no change, whatever else was written. */
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
