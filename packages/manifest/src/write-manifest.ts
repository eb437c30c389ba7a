import type { ModelService } from '@kumiki/api';
import { stringify } from 'yaml';

/** Objects as YAML documents that {@link readManifests} reads back to the same objects. */
export function writeManifests(services: readonly ModelService[]): string {
  return services.map((service) => writeYaml(service)).join('---\n');
}

/** Any plain value as YAML, for the terminal. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
