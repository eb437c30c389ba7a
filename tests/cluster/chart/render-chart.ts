import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../rig/host/run-command.ts';
import { programs } from '../rig/parts/installed-parts.ts';

export const chartFolder = join(import.meta.dirname, '../../../deploy/chart');

export const release = 'shop';

/** What the tests read of an object. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly template?: { readonly spec: PodSpec }; readonly [member: string]: unknown };
  readonly rules?: readonly { readonly [list: string]: readonly string[] | undefined }[];
}

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: { readonly limits?: Readonly<Record<string, unknown>> };
  readonly securityContext: Readonly<Record<string, unknown>>;
}

/** Runs `helm template`. Fails with what helm says. */
export async function renderChart(values: object): Promise<string> {
  const args = ['template', release, chartFolder, '--namespace', 'shop', '--values', '-'];
  return runCommand(programs.helm, args, { input: JSON.stringify(values) });
}

export function readObjects(text: string): Rendered[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as Rendered | null;
    return value === null ? [] : [value];
  });
}
