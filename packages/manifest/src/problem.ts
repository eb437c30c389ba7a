/** One problem of a manifest and where it is. */
export interface ManifestProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** Field path such as `spec.engine.endpoints[0]`; empty when the problem is about the whole document. */
  readonly path: string;
  /** A sentence without its first capital, ended by a full stop. */
  readonly message: string;
  /** The probable intention, or what to write; null when the message is enough. */
  readonly hint: string | null;
}

export type FieldPath = readonly (string | number)[];

/** A path as people write it: `spec.endpoints[0]`, `metadata.labels["a.b/c"]`. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_$][\w$-]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** `spec.replcias: unknown field. Did you mean 'replicas'?` */
export function formatFinding(finding: Pick<ManifestProblem, 'path' | 'message' | 'hint'>): string {
  const place = finding.path === '' ? '' : `${finding.path}: `;
  return `${place}${finding.message}${finding.hint === null ? '' : ` ${finding.hint}`}`;
}

/** `shop.yaml:7:3: spec.replcias: unknown field. Did you mean 'replicas'?` */
export function formatProblem(problem: ManifestProblem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${formatFinding(problem)}`;
}
