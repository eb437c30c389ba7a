import { hash } from 'node:crypto';

const tagLength = 16;

/** Projects whose tags are kept, since making one costs more than a look-up in every request. */
const maxKeptTags = 4_096;

const kept = new Map<string, string>();

/**
 * Identifies a project to workers without its name, so that model servers have no tenant names in memory or logs. It is the
 * same at every gateway. Only servers of the installation get it.
 */
export function tenantTag(project: string): string {
  let tag = kept.get(project);
  if (tag === undefined) {
    tag = hash('sha256', project).slice(0, tagLength);
    if (kept.size >= maxKeptTags) kept.clear();
    kept.set(project, tag);
  }
  return tag;
}
