import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

interface Ban {
  readonly name: string;
  /** The only folder that may call it. */
  readonly home: string;
  /** The replacement elsewhere. */
  readonly instead: string;
}

/** Calls that only one folder may make. A ban applies to tests and benches too. */
const bans: readonly Ban[] = [
  { name: 'createHmac', home: 'packages/seal/', instead: '`createSecretHash` of @kumiki/seal' },
  {
    name: 'timingSafeEqual',
    home: 'packages/seal/',
    instead: '`createBearerCheck` for tokens, `isSameHash` for hashes, both of @kumiki/seal',
  },
];

/** The lines that use a name. */
function linesWith(name: string, source: string): number[] {
  const code = bareCode(source, { keepStrings: false });
  return [...code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].map(({ index }) => lineAt(code, index));
}

test('the search for banned calls finds them, and spares comments and strings', () => {
  assert.deepEqual(linesWith('createHmac', "// createHmac\nconst a = 'createHmac';\ncreateHmac('sha256', key);"), [3]);
});

for (const { name, home, instead } of bans) {
  test(`${name} is called in ${home} alone`, () => {
    assert.ok(sourceFiles.some((path) => path.startsWith(home) && linesWith(name, read(path)).length > 0));
    assert.deepEqual(
      sourceFiles
        .filter((path) => !path.startsWith(home))
        .flatMap((path) => linesWith(name, read(path)).map((line) => `${path}:${line} ${name}: use ${instead}`)),
      [],
    );
  });
}
