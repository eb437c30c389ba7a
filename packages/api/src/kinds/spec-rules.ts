import { enginesOf, httpPattern, type SourceKind, sourceKind, sourceKinds, sourcePrefixes } from './model-source.ts';

/**
 * What spans several fields of a ModelService's spec. One table: the schema of manifests checks it in TypeScript, the CRD
 * in CEL, and both say the same sentence.
 */
export interface SpecRule {
  /** The field below `spec` that the sentence is about. */
  readonly path: readonly string[];
  /** Where it holds: in every manifest, or only on Kubernetes or on one machine. */
  readonly where: 'everywhere' | 'kubernetes' | 'machine';
  /** A part of a sentence without its full stop. `{a.b}` stands for that field of the spec. */
  readonly message: string;
  /** Whether the spec keeps the rule. */
  holds(spec: RuledSpec): boolean;
  /** The same in CEL, of which `self` is the spec. */
  readonly cel: string;
}

/** What rules read of a spec. */
export interface RuledSpec {
  readonly model: { readonly source: string; readonly digest?: string | undefined };
  readonly engine?: { readonly kind: string } | undefined;
}

const celSource = 'self.model.source';
const celHttp = `${celSource}.matches('${httpPattern}')`;

/** Whether the source is of a kind, in CEL. */
function celIs(kind: SourceKind): string {
  if (Object.hasOwn(sourcePrefixes, kind)) {
    return `${celSource}.startsWith('${sourcePrefixes[kind as keyof typeof sourcePrefixes]}')`;
  }
  if (kind === 'remote') return `${celHttp} && !has(self.model.digest)`;
  if (kind === 'download') return `${celHttp} && has(self.model.digest)`;
  return `!(${[...Object.values(sourcePrefixes).map((prefix) => `${celSource}.startsWith('${prefix}')`), celHttp].join(' || ')})`;
}

const unless = (kind: SourceKind, cel: string): string => `!(${celIs(kind)}) || ${cel}`;
const is = (spec: RuledSpec, ...kinds: readonly SourceKind[]): boolean => kinds.includes(sourceKind(spec.model));
const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(' or ');

/** One rule for each kind of source: the engine goes with it. */
const engineRules = sourceKinds.map((kind): SpecRule => {
  const engines: readonly string[] = enginesOf[kind];
  const isDefault = engines[0] !== 'container';
  return {
    path: ['engine', 'kind'],
    where: 'everywhere',
    message: `'{engine.kind}' cannot serve the source '{model.source}'; write ${quoted(engines)}${isDefault ? ', or leave spec.engine out' : ''}`,
    holds: (spec) => spec.engine === undefined || !is(spec, kind) || engines.includes(spec.engine.kind),
    cel: unless(kind, `!has(self.engine) || self.engine.kind in [${engines.map((name) => `'${name}'`).join(', ')}]`),
  };
});

/** Sources that no engine of ours reads: the manifest says which container does. */
const containerRules = (['hub', 'contained'] as const).map((kind): SpecRule => ({
  path: ['engine'],
  where: 'everywhere',
  message: `is missing: the source '{model.source}' is loaded by a container; write 'kind: container' and its image`,
  holds: (spec) => spec.engine !== undefined || !is(spec, kind),
  cel: unless(kind, 'has(self.engine)'),
}));

const digestRule: SpecRule = {
  path: ['model', 'digest'],
  where: 'everywhere',
  message: `is checked of a file that is downloaded, and the source '{model.source}' is none; leave it out`,
  holds: (spec) => spec.model.digest === undefined || is(spec, 'download'),
  cel: `!has(self.model.digest) || ${celHttp}`,
};

/** Forms of sources: the whole text, by the kind that its prefix tells. */
const forms: readonly { readonly kind: SourceKind; readonly pattern: string; readonly form: string }[] = [
  {
    kind: 'claim',
    pattern: '^pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/[A-Za-z0-9._@-]+)*/?$',
    form: 'pvc://claim/path/in/the/volume',
  },
  {
    kind: 'image',
    pattern: '^oci://[A-Za-z0-9._:/@-]+(#[A-Za-z0-9._@-]+(/[A-Za-z0-9._@-]+)*)?$',
    form: 'oci://registry/name:tag#path/in/the/image',
  },
  { kind: 'hub', pattern: '^hf://[A-Za-z0-9._-]+/[A-Za-z0-9._-]+(@[A-Za-z0-9._-]+)?$', form: 'hf://organisation/name' },
  { kind: 'contained', pattern: '^container:$', form: 'container:' },
  {
    kind: 'remote',
    pattern: '^[a-zA-Z]+://[^@?# /]+(/[^@?# ]*)?$',
    form: 'a host and a path, without a user name, a query or a fragment',
  },
  {
    kind: 'download',
    pattern: '^[a-zA-Z]+://[^@# /]+/[^@# ]+$',
    form: 'a host and the path of a file, without a user name or a fragment',
  },
];

const formRules = forms.map(({ kind, pattern, form }): SpecRule => {
  const expression = new RegExp(pattern);
  return {
    path: ['model', 'source'],
    where: 'everywhere',
    // A URL may hold a password, so it is not repeated.
    message:
      kind === 'remote' || kind === 'download' ? `must have ${form}` : `'{model.source}' is not of the form ${form}`,
    holds: (spec) => !is(spec, kind) || expression.test(spec.model.source),
    cel: unless(kind, `${celSource}.matches('${pattern}')`),
  };
});

/** What our own worker reads is one file: it is named, since a pod cannot tell which of a folder is meant. */
const fileRules = (['claim', 'image'] as const).map((kind): SpecRule => ({
  path: ['model', 'source'],
  where: 'everywhere',
  message: `'{model.source}' names no GGUF file, which llama.cpp reads; end it with ${kind === 'claim' ? '/NAME.gguf' : '#NAME.gguf'}`,
  holds: (spec) =>
    !is(spec, kind) || spec.engine?.kind === 'container' || /[/#][^/#]+\.gguf$/.test(withoutScheme(spec)),
  cel: unless(
    kind,
    `(has(self.engine) && self.engine.kind == 'container') || ${celSource}.matches('^[a-z]+://.*[/#][^/#]+[.]gguf$')`,
  ),
}));

function withoutScheme({ model }: RuledSpec): string {
  return model.source.slice(model.source.indexOf('://') + 3);
}

const pathRule: SpecRule = {
  path: ['model', 'source'],
  where: 'kubernetes',
  message:
    "'{model.source}' is a path of one machine, which a pod cannot read; name a volume (pvc://claim/path), an image (oci://registry/name:tag#file), an https:// URL with spec.model.digest, or 'demo:chat'",
  holds: (spec) => !is(spec, 'path'),
  cel: `!(${celIs('path')})`,
};

const machineRules: readonly SpecRule[] = [
  {
    path: ['engine', 'kind'],
    where: 'machine',
    message:
      "'container' runs an image, which takes Kubernetes; on one machine start the server yourself and name its URL in spec.model.source",
    holds: (spec) => spec.engine?.kind !== 'container',
    cel: 'true',
  },
  {
    path: ['model', 'source'],
    where: 'machine',
    message:
      "'{model.source}' is read by pods, which takes Kubernetes; on one machine name the path of a GGUF file, 'demo:chat' or the URL of a server",
    holds: (spec) => !is(spec, 'claim', 'image', 'download', 'hub', 'contained'),
    cel: 'true',
  },
];

/** In this order: the first that is broken is said of a path. */
export const specRules: readonly SpecRule[] = [
  ...containerRules,
  ...engineRules,
  digestRule,
  ...formRules,
  ...fileRules,
  pathRule,
  ...machineRules,
];

/** The rules of a place that a spec breaks, at most one of each path. */
export function brokenRules(spec: RuledSpec, where: SpecRule['where']): { path: string[]; message: string }[] {
  const broken = new Map<string, { path: string[]; message: string }>();
  for (const rule of specRules) {
    const at = rule.path.join('.');
    if (rule.where !== where || broken.has(at) || rule.holds(spec)) continue;
    broken.set(at, { path: [...rule.path], message: fillMessage(rule.message, spec) });
  }
  return [...broken.values()];
}

/** Why a spec cannot be served in a place, as a part of a sentence; null when it can. */
export function judgePlace(spec: RuledSpec, where: 'kubernetes' | 'machine'): string | null {
  const first = brokenRules(spec, where)[0];
  return first === undefined ? null : `spec.${first.path.join('.')}: ${first.message}`;
}

function fillMessage(message: string, spec: RuledSpec): string {
  return message.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => {
    let value: unknown = spec;
    for (const step of path.split('.')) value = (value as Record<string, unknown>)[step];
    return String(value);
  });
}
