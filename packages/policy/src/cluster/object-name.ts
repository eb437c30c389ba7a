import { withoutTrailing } from '@kumiki/api';
import type { Digest } from '../serve/revision.ts';

/** The longest name of a Service, and so of everything that is named like one. */
const longestName = 63;
const digestLength = 8;

/**
 * The name of an object of a service. Where it would be too long its end is replaced by a digest, so that two services
 * with the same beginning have different names.
 */
export function objectNameOf(service: string, digest: Digest, suffix = ''): string {
  const name = `kumiki-${service}${suffix}`;
  if (name.length <= longestName) return name;
  const rest = longestName - digestLength - 1 - suffix.length;
  return `${withoutTrailing(name.slice(0, rest), '-')}-${digest(service).slice(0, digestLength)}${suffix}`;
}
