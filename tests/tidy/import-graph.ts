import { posix } from 'node:path';
import { lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

/** One import of the repository's own code. */
export interface Import {
  readonly from: string;
  /** The specifier: `./plan.ts`, `@kumiki/api`, `node:fs`. */
  readonly what: string;
  /** File, line and specifier, for messages. */
  readonly where: string;
}

const importPattern =
  /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s*|\brequire\s*\(\s*|\bresolve\s*\(\s*)(['"])([^'"\n]+)\1/g;

/** Every import in a source file of the repository, types included. */
export const imports: readonly Import[] = sourceFiles.flatMap((from) => {
  const code = bareCode(read(from), { keepStrings: true });
  return [...code.matchAll(importPattern)].map((match) => ({
    from,
    what: match[2] ?? '',
    where: `${from}:${lineAt(code, match.index)} imports ${match[2]}`,
  }));
});

/** The file of a relative import, or null for a package. */
export function targetOf({ from, what }: Import): string | null {
  return what.startsWith('.') ? posix.join(posix.dirname(from), what) : null;
}

/** The workspace that a path lies in: `apps/gateway`. */
export function workspaceOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** The graph of the relative imports for which `edge` returns two different nodes. */
export function graphOf(
  edge: (from: string, to: string) => readonly [string, string] | null,
): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const one of imports) {
    const to = targetOf(one);
    const pair = to === null ? null : edge(one.from, to);
    if (pair === null || pair[0] === pair[1]) continue;
    const targets = graph.get(pair[0]) ?? new Set();
    graph.set(pair[0], targets.add(pair[1]));
  }
  return graph;
}

/** Tarjan's strongly connected components with more than one node, sorted. */
export function circlesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) ?? 0);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = open.splice(open.indexOf(node));
    if (circle.length > 1) circles.push(circle.toSorted());
  };
  for (const node of [...graph.keys()].toSorted()) if (!index.has(node)) visit(node);
  return circles.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}
