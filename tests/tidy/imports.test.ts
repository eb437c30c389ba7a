import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { test } from 'node:test';
import { findFiles, isProduct, isTest, read, sourceFiles } from '../repository/source-files.ts';
import { imports, workspaceOf } from './import-graph.ts';

/** The workspaces that a package or app may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/api': [],
  'packages/seal': [],
  'packages/kube': [],
  'packages/openai': ['api'],
  'packages/policy': ['api'],
  'packages/manifest': ['api'],
  'packages/service': ['api', 'seal'],
  'packages/postgres': ['api', 'policy'],
  'packages/control': ['api', 'manifest', 'policy', 'service'],
  'packages/testing': ['api'],
  'apps/conversations': ['api', 'openai', 'policy', 'postgres', 'service'],
  'apps/search': ['api', 'openai', 'policy', 'postgres', 'service'],
  'apps/worker': ['api', 'openai', 'policy', 'seal', 'service'],
  'apps/gateway': ['api', 'kube', 'openai', 'policy', 'seal', 'service'],
  'apps/console': ['api', 'openai', 'seal', 'service'],
  'apps/database': ['postgres', 'service'],
  'apps/accounts': ['api', 'control', 'postgres', 'seal', 'service'],
  'apps/installer': ['api', 'policy', 'postgres', 'seal', 'service'],
  'apps/operator': ['api', 'kube', 'policy', 'service'],
  'apps/local': ['api', 'control', 'policy', 'service'],
  'apps/cli': [
    'accounts',
    'api',
    'control',
    'manifest',
    'openai',
    'policy',
    'service',
    'postgres',
    'console',
    'conversations',
    'database',
    'gateway',
    'local',
    'search',
    'worker',
  ],
};

/** Packages that also run in a browser or in the planner: no Node module, and no external ones except these. */
const pure: Readonly<Record<string, readonly string[]>> = {
  'packages/api': ['zod'],
  'packages/openai': [],
  'packages/policy': [],
};

test('the search for imports finds them', () => {
  assert.ok(imports.length > sourceFiles.length / 2);
  assert.ok(imports.some(({ from, what }) => from === 'tests/tidy/imports.test.ts' && what === './import-graph.ts'));
});

test('only tests import what is for tests', () => {
  const wrong = imports.filter(({ from, what }) => what.startsWith('@kumiki/testing') && isProduct(from));
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});

/** Folders that several folders of tests share. */
const sharedByTests = new Set(['tests/product', 'tests/repository']);

test('no folder of tests imports from another, save what is there for all of them', () => {
  const wrong = imports.filter(({ from, what }) => {
    if (!from.startsWith('tests/') || !what.startsWith('.')) return false;
    const target = workspaceOf(posix.join(posix.dirname(from), what));
    return target.startsWith('tests/') && target !== workspaceOf(from) && !sharedByTests.has(target);
  });
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});

test('every workspace imports only those of ours that it may', () => {
  const wrong = imports.filter(({ from, what }) => {
    if (!what.startsWith('@kumiki/') || !/^(packages|apps)\//.test(from)) return false;
    if (what === '@kumiki/testing') return false;
    const allowed = mayImport[workspaceOf(from)];
    return allowed === undefined || !allowed.includes(what.split('/')[1] ?? '');
  });
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});

/** Further entries of the workspaces, such as `@kumiki/worker/entry`. */
const declaredEntries = new Set(
  findFiles(['packages/*/package.json', 'apps/*/package.json']).flatMap((path) => {
    const { name, exports = {} } = JSON.parse(read(path)) as { name: string; exports?: Record<string, string> };
    return Object.keys(exports).map((entry) => posix.join(name, entry));
  }),
);

test('no workspace reaches past the entries of another', () => {
  const wrong = imports.filter(({ from, what }) => {
    if (!/^(packages|apps)\//.test(from)) return false;
    if (what.startsWith('@kumiki/')) return what.split('/').length > 2 && !declaredEntries.has(what);
    if (!what.startsWith('.')) return false;
    const target = posix.join(posix.dirname(from), what);
    return /^(packages|apps)\//.test(target) && workspaceOf(target) !== workspaceOf(from);
  });
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});

test('api, openai and policy import no Node module and no library but those they are allowed', () => {
  const wrong = imports.filter(({ from, what }) => {
    const allowed = pure[workspaceOf(from)];
    if (allowed === undefined || !isProduct(from) || what.startsWith('.') || what.startsWith('@kumiki/')) return false;
    return !allowed.includes(what);
  });
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});

test('Node modules are imported by their node: name, and relative imports name a file', () => {
  const builtin = new Set(builtinModules.filter((name) => !name.startsWith('node:')));
  const wrong = imports.filter(({ from, what }) =>
    what.startsWith('.') ? !/\.(tsx?|mjs|js|json|css|node)$/.test(what) : builtin.has(what) && !from.endsWith('.mjs'),
  );
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});

test('the console in the browser imports no Node module, and its design system neither the API nor a screen', () => {
  const wrong = imports.filter(({ from, what }) => {
    if (!from.startsWith('apps/console/web/') || isTest(from)) return false;
    if (what.startsWith('node:')) return true;
    if (!from.startsWith('apps/console/web/ui/')) return false;
    return what.startsWith('@kumiki/') || what.startsWith('@tanstack/') || what.startsWith('../');
  });
  assert.deepEqual(
    wrong.map(({ where }) => where),
    [],
  );
});
