import type { ModelService } from '@kumiki/api';
import { stringify } from 'yaml';

/** Objects as YAML documents that {@link readManifests} reads back to the same objects. */
export function writeManifests(services: readonly ModelService[]): string {
  return services.map((service) => writeYaml(service)).join('---\n');
}

/** The kind in which Kubernetes writes several objects as one. */
export const listKind = 'List';

/** Objects as one object, as `kubectl get -o json` writes them. {@link readManifests} reads the same objects back. */
export function listManifests(services: readonly ModelService[]): Record<string, unknown> {
  return { apiVersion: 'v1', kind: listKind, items: services };
}

/** Any plain value as YAML, for the terminal. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
