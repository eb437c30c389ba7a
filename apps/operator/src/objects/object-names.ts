import { createHash } from 'node:crypto';
import { withoutTrailing } from '@kumiki/api';

/** The longest name of a Service, and so of everything that is named like one. */
const longestName = 63;
const digestLength = 8;

/**
 * The name of an object of a service. Where it would be too long its end is replaced by a digest, so that two services
 * with the same beginning have different names.
 */
export function objectName(service: string, suffix = ''): string {
  const name = `kumiki-${service}${suffix}`;
  if (name.length <= longestName) return name;
  const digest = createHash('sha256').update(service).digest('hex').slice(0, digestLength);
  const rest = longestName - digestLength - 1 - suffix.length;
  return `${withoutTrailing(name.slice(0, rest), '-')}-${digest}${suffix}`;
}

/** The Deployment of a revision. Its name may be longer than that of a Service. */
export function deploymentName(service: string, revision: string): string {
  return `${service}-${revision}`;
}
