import { hash } from 'node:crypto';

const tagLength = 16;

/**
 * Identifies a project to workers without its name, so that model servers have no tenant names in memory or logs. It is the
 * same at every gateway. Only servers of the installation get it.
 */
export function tenantTag(project: string): string {
  return hash('sha256', project).slice(0, tagLength);
}
