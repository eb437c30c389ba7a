/**
 * What `spec.model.source` may name, by its form.
 *
 * | kind        | form                                  | read by                                        |
 * |-------------|---------------------------------------|------------------------------------------------|
 * | `demo`      | `demo:chat`                           | our worker, from the files that are shipped     |
 * | `simulated` | `simulated:`                          | our worker                                     |
 * | `path`      | a path of one machine                 | our worker                                     |
 * | `claim`     | `pvc://claim/path`                    | a pod, from a volume                           |
 * | `image`     | `oci://registry/name:tag#file`        | a pod, from an image that is mounted           |
 * | `download`  | `https://…` with `spec.model.digest`  | a pod, which loads the file before it starts   |
 * | `hub`       | `hf://org/name`                       | a container that loads from the hub by itself  |
 * | `contained` | `container:`                          | a container whose image holds the model        |
 * | `remote`    | `http://…` or `https://…`             | a server outside                               |
 */
export const sourceKinds = [
  'demo',
  'simulated',
  'claim',
  'image',
  'hub',
  'contained',
  'download',
  'remote',
  'path',
] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** The prefixes of kinds that a prefix tells. */
export const sourcePrefixes = {
  demo: 'demo:',
  simulated: 'simulated:',
  claim: 'pvc://',
  image: 'oci://',
  hub: 'hf://',
  contained: 'container:',
} as const satisfies Partial<Record<SourceKind, string>>;

/** What begins as a URL of HTTP. RE2, which CEL takes, reads it alike. */
export const httpPattern = '^[hH][tT][tT][pP][sS]?://';
const http = new RegExp(httpPattern);

/** The engines that can serve each kind of source; the first is chosen when the manifest names none. */
export const enginesOf = {
  demo: ['llama'],
  path: ['llama'],
  simulated: ['simulated'],
  remote: ['openai'],
  claim: ['llama', 'container'],
  image: ['llama', 'container'],
  download: ['llama', 'container'],
  hub: ['container'],
  contained: ['container'],
} as const satisfies Record<SourceKind, readonly string[]>;

export interface ModelSource {
  readonly source: string;
  readonly digest?: string | undefined;
}

export function sourceKind({ source, digest }: ModelSource): SourceKind {
  for (const [kind, prefix] of Object.entries(sourcePrefixes)) {
    if (source.startsWith(prefix)) return kind as SourceKind;
  }
  if (!http.test(source)) return 'path';
  return digest === undefined ? 'remote' : 'download';
}
