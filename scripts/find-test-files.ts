import { globSync } from 'node:fs';

/** Locations of test files. A tidy test checks that no `*.test.ts` is elsewhere. */
const patterns = [
  'packages/*/src/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'apps/console/web/**/*.test.ts',
  'tests/**/*.test.ts',
  'scripts/*.test.ts',
];

/** Browser tests that take too long for every change. */
const longBrowserTests = 'tests/browser/all/';
const browserTests = 'tests/browser/';
/** What needs a Kubernetes; the tests of the rig that starts one lie deeper and need none. */
const clusterTest = /^tests\/cluster\/[^/]+$/;

/**
 * Tests that judge CPU times and waits. They run after all others, one at a time: beside another file they would
 * measure that one as well.
 */
const measuringTest = /^tests\/(?:budgets|linear)\/|^tests\/faults\/hostile\/(?:body-time|stalls|tenants)\.test\.ts$/;

export function measures(path: string): boolean {
  return measuringTest.test(path);
}

/** `test` is what `npm test` runs, `browser` what `npm run test:browser`, `cluster` what `npm run test:cluster` runs. */
type TestSet = 'test' | 'browser' | 'cluster' | 'every';

/**
 * The test files of the workspace, relative to its root, sorted. The slow ones (browser, system and fault tests)
 * come first, so that two cores stay busy to the end.
 * @param only a regular expression that the path must match.
 */
export function findTestFiles(root: string, set: TestSet, only?: string): string[] {
  const wanted = only === undefined ? null : new RegExp(only);
  const files = globSync(patterns, { cwd: root, exclude: (name) => name === 'node_modules' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => belongsTo(path, set) && (wanted === null || wanted.test(path)));
  return files.toSorted((a, b) => slowness(b) - slowness(a) || (a < b ? -1 : 1));
}

function belongsTo(path: string, set: TestSet): boolean {
  if (set === 'every') return true;
  if (set === 'browser') return path.startsWith(browserTests);
  return clusterTest.test(path) ? set === 'cluster' : set === 'test' && !path.startsWith(longBrowserTests);
}

function slowness(path: string): number {
  if (path.startsWith(browserTests)) return 3;
  if (path.startsWith('tests/system/') || path.startsWith('tests/faults/')) return 2;
  return path.startsWith('apps/') ? 1 : 0;
}
