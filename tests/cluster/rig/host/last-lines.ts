import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPlace } from './cluster-place.ts';

/** Of each program; what made it fail stands at the end. */
const linesPerLog = 12;

/** The ends of what the cluster's programs have said, for a person who asks why it did not start. */
export function lastLines(place: ClusterPlace): string {
  return readdirSync(place.folder)
    .map((machine) => join(place.folder, machine, 'logs'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .map((file) => `--- ${file}\n${readFileSync(file, 'utf8').trimEnd().split('\n').slice(-linesPerLog).join('\n')}`)
    .join('\n');
}
