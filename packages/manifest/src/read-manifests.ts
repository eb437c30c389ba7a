import { Buffer } from 'node:buffer';
import { apiVersion, didYouMean, kinds, modelServiceSchema, type ModelService } from '@kumiki/api';
import { LineCounter, parseAllDocuments, visit, type Document, type YAMLParseError } from 'yaml';
import { describeIssues, type Finding } from './describe-issue.ts';
import { fieldOf } from './known-fields.ts';
import { manifestLimits } from './limits.ts';
import { locate, positionAt, type Position } from './locate.ts';
import { formatPath, type FieldPath, type ManifestProblem } from './problem.ts';
import { listKind } from './write-manifest.ts';

export interface ManifestFile {
  /** The name to show in problems: a path, or `-` for standard input. */
  readonly file: string;
  readonly text: string;
}

/** An object of a manifest, every default filled in, and the position of its name. */
export interface LocatedService extends Position {
  readonly file: string;
  readonly service: ModelService;
}

export type ManifestResult =
  | { readonly ok: true; readonly services: readonly LocatedService[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/**
 * Reads YAML or JSON files of one or more objects. Either everything is valid, or all problems are reported at once, in
 * the order of the files.
 */
export function readManifests(files: readonly ManifestFile[]): ManifestResult {
  const services: LocatedService[] = [];
  const problems: ManifestProblem[] = [];
  for (const file of files) {
    const one = readFile(file);
    services.push(...one.services);
    one.problems.sort((a, b) => a.line - b.line || a.column - b.column);
    problems.push(...one.problems.slice(0, manifestLimits.problems));
  }
  problems.push(...repeatedNames(services));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, services };
}

interface FileResult {
  readonly services: LocatedService[];
  readonly problems: ManifestProblem[];
}

function readFile({ file, text }: ManifestFile): FileResult {
  const refuse = (message: string, hint: string | null = null): FileResult => ({
    services: [],
    problems: [{ file, line: 1, column: 1, path: '', message, hint }],
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > manifestLimits.bytes) {
    return refuse(`the file has ${bytes} bytes; at most ${manifestLimits.bytes} are read.`, 'Split it.');
  }
  const lines = new LineCounter();
  let documents: Document[];
  try {
    documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' }) as Document[];
  } catch (error) {
    // The parser is recursive: a million brackets overflow its stack.
    if (error instanceof RangeError) return refuse(`nests deeper than ${manifestLimits.depth} levels.`, 'Flatten it.');
    throw error;
  }
  if (documents.length > manifestLimits.documents) {
    return refuse(`the file holds ${documents.length} documents; at most ${manifestLimits.documents} are read.`);
  }
  const result: FileResult = { services: [], problems: [] };
  for (const document of documents) readDocument(file, document, lines, result);
  if (result.services.length === 0 && result.problems.length === 0) {
    return refuse('holds no object.', `Write one that begins with 'apiVersion: ${apiVersion}'.`);
  }
  return result;
}

function readDocument(file: string, document: Document, lines: LineCounter, result: FileResult): void {
  const report = (position: Position, path: string, message: string, hint: string | null): void => {
    result.problems.push({ file, ...position, path, message, hint });
  };
  for (const error of document.errors) {
    report(positionAt(error.pos[0], lines), '', syntaxMessage(error), null);
  }
  // After a repeated key the rest can still be checked; after any other syntax error it may be meaningless.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return;
  const start = locate(document, [], 'value', lines);
  if (nestsTooDeep(document)) {
    report(start, '', `nests deeper than ${manifestLimits.depth} levels.`, 'Flatten it.');
    return;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: manifestLimits.aliasedNodes });
  } catch {
    report(start, '', 'its aliases (*name) stand for too much or for nothing.', 'Write the values out.');
    return;
  }
  // A trailing `---` and a document of comments are valid and contain no object.
  if (value === null || value === undefined) return;
  for (const [under, object] of objectsOf(value)) {
    const findings = check(object);
    for (const { path, about, message, hint } of findings.problems) {
      report(locate(document, [...under, ...path], about, lines), formatPath([...under, ...path]), message, hint);
    }
    if (findings.service === null || document.errors.length > 0) continue;
    const position = locate(document, [...under, 'metadata', 'name'], 'value', lines);
    result.services.push({ file, ...position, service: findings.service });
  }
}

/** The object of a document with its path, or those of a `List`, as `kubectl get` and `kumiki get --json` print them. */
function objectsOf(value: unknown): readonly (readonly [FieldPath, unknown])[] {
  const items = fieldOf(value, 'kind') === listKind ? fieldOf(value, 'items') : undefined;
  return Array.isArray(items) ? items.map((item: unknown, at) => [['items', at], item] as const) : [[[], value]];
}

/** Checks one object against the kind that it names. */
function check(value: unknown): { service: ModelService | null; problems: Finding[] } {
  const kind = fieldOf(value, 'kind');
  if (typeof kind === 'string' && !Object.hasOwn(kinds, kind)) {
    const known = Object.keys(kinds);
    const near = didYouMean(kind, known).trim();
    const hint = near === '' ? `Known here: ${known.join(', ')}.` : near;
    return {
      service: null,
      problems: [{ path: ['kind'], about: 'value', message: `unknown kind '${kind.slice(0, 80)}'.`, hint }],
    };
  }
  const result = modelServiceSchema.safeParse(value);
  if (result.success) return { service: result.data, problems: [] };
  return { service: null, problems: describeIssues(modelServiceSchema, value, result.error.issues) };
}

function nestsTooDeep(document: Document): boolean {
  let deep = false;
  visit(document, {
    Collection: (_, __, path) => {
      // Pairs count as steps of the path, so a level can take two.
      if (path.length <= manifestLimits.depth * 2) return undefined;
      deep = true;
      return visit.BREAK;
    },
  });
  return deep;
}

const syntaxSentences: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  DUPLICATE_KEY: 'the field stands here twice.',
  TAB_AS_INDENT: 'is indented by a tab; YAML takes spaces only.',
  BAD_INDENT: 'is indented differently from what stands around it.',
};

function syntaxMessage(error: YAMLParseError): string {
  const known = syntaxSentences[error.code];
  if (known !== undefined) return known;
  const message = error.message.replace(/\.?$/, '.');
  return `not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** Two objects of one name would overwrite each other, and the result would depend on their order. */
function repeatedNames(services: readonly LocatedService[]): ManifestProblem[] {
  const first = new Map<string, LocatedService>();
  const problems: ManifestProblem[] = [];
  for (const located of services) {
    const { namespace = '', name } = located.service.metadata;
    const before = first.get(`${namespace}/${name}`);
    if (before === undefined) {
      first.set(`${namespace}/${name}`, located);
      continue;
    }
    problems.push({
      file: located.file,
      line: located.line,
      column: located.column,
      path: 'metadata.name',
      message: `'${name}' is the name of another object, at ${before.file}:${before.line}.`,
      hint: 'Give one of them another name.',
    });
  }
  return problems;
}
