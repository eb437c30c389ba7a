import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../rig/host/run-command.ts';
import { programs } from '../rig/parts/installed-parts.ts';

export const chartFolder = join(import.meta.dirname, '../../../deploy/chart');

export const release = 'shop';
/** The namespace of the release. */
export const releaseNamespace = 'shop';

/** What the tests read of an object. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly template?: { readonly spec: PodSpec }; readonly [member: string]: unknown };
  readonly rules?: readonly { readonly [list: string]: readonly string[] | undefined }[];
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: { readonly limits?: Readonly<Record<string, unknown>> };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly { readonly name: string }[];
}

/** Runs `helm template`. Fails with what helm says. */
export async function renderChart(values: object): Promise<string> {
  const args = ['template', release, chartFolder, '--namespace', releaseNamespace, '--values', '-'];
  return runCommand(programs.helm, args, { input: JSON.stringify(values) });
}

/** The objects that the chart makes of some values. */
export async function render(values: object): Promise<Rendered[]> {
  return readObjects(await renderChart(values));
}

/** The pods of workloads, each with the name of what makes it. */
export function podsOf(objects: readonly Rendered[]): { readonly what: string; readonly pod: PodSpec }[] {
  return objects.flatMap(({ kind, metadata, spec }) =>
    spec?.template === undefined ? [] : [{ what: `${kind} ${metadata.name}`, pod: spec.template.spec }],
  );
}

/** Reads YAML as Kubernetes does: `0440` is a number in base eight. */
export function readObjects(text: string): Rendered[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const value = document.toJS() as Rendered | null;
    return value === null ? [] : [value];
  });
}
