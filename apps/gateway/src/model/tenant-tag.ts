import { hash } from 'node:crypto';

const tagLength = 16;

/**
 * What a worker tells a project from others by: the same at every gateway, and no name, so that a model's server has
 * nothing of the tenants in its memory or its log. Only servers of the installation itself are told it.
 */
export function tenantTag(project: string): string {
  return hash('sha256', project).slice(0, tagLength);
}
