import { type KeyRecord, type Me, readProjectLimits } from '@kumiki/api';
import type { KeyLimiter } from '../limits/key-limiter.ts';
import type { ProjectLimitsStore } from '../snapshot/project-limits-store.ts';

export interface KeyFacts {
  readonly limiter: Pick<KeyLimiter, 'remaining'>;
  readonly projectLimits: Pick<ProjectLimitsStore, 'headerOf'>;
}

/** The answer to a key that asks about itself. */
export function describeKey({ limiter, projectLimits }: KeyFacts, key: KeyRecord): Me {
  const { id, name, project, roles, models, limits } = key;
  return {
    object: 'kumiki.me',
    id,
    name,
    project,
    roles: [...roles],
    models: models === null ? null : [...models],
    expires_at: key.expiresAt,
    limits,
    remaining: limiter.remaining(key),
    project_limits: readProjectLimits(projectLimits.headerOf(project) ?? undefined),
  };
}
