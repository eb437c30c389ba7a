import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { createKeyBodySchema, KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import { type AccountsFolder, accountsFolder } from './folder/accounts-folder.ts';
import { openAccounts } from './open-accounts.ts';

/**
 * With any damage to a file of the state folder, a start either has everything that was acknowledged, or refuses and
 * names the file. It never continues with less, and never replaces an existing pepper or key.
 */

const root = mkdtempSync(join(tmpdir(), 'kumiki-damaged-'));
after(() => rmSync(root, { recursive: true }));
const whole = accountsFolder(join(root, 'whole'));
const now = (): number => 1_000;

interface Contents {
  readonly keys: unknown;
  readonly sessions: unknown;
  readonly pepper: string;
  readonly admin: { readonly id: string; readonly key: string; readonly isNew: boolean };
}

/** The state after a start. */
async function open(home: AccountsFolder): Promise<Contents> {
  const { accounts } = openAccounts(home, now);
  return {
    keys: accounts.keys.records(),
    sessions: accounts.sessions.snapshot(),
    pepper: accounts.pepper.toString('hex'),
    admin: await accounts.keys.adminKey(),
  };
}

let expected: Contents;
let files: string[] = [];

before(async () => {
  mkdirSync(whole.path);
  const { accounts } = openAccounts(whole, now);
  const { id } = await accounts.keys.adminKey();
  for (const name of ['é', 'b']) {
    await accounts.keys.create(createKeyBodySchema.parse({ name, models: ['a', 'b/c'], expires_at: 9_999 }));
  }
  await accounts.sessions.open(id, 'Browser "1" \\ é');
  expected = await open(whole);
  files = readdirSync(whole.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(whole.path, join(entry.parentPath, entry.name)));
  assert.equal(files.length, 6, files.join());
});

/** Replaces a file's content and starts. Only sessions may be lost. */
async function startWith(file: string, change: (path: string, bytes: Buffer) => void): Promise<'same' | 'refused'> {
  const home = accountsFolder(mkdtempSync(join(root, 'home-')));
  try {
    cpSync(whole.path, home.path, { recursive: true });
    const path = join(home.path, file);
    change(path, readFileSync(path));
    const damaged = readFileSync(path);
    const found = await open(home).catch((error: unknown) => {
      assert.ok(error instanceof KumikiError && error.code === 'conflict', String(error));
      assert.ok(error.message.includes(file.startsWith('keys') ? 'keys' : file), `${error.message} names ${file}`);
      assert.match(error.message, /cannot be used \(.+\), so nothing was started.*(Restore|Move)/);
      assert.deepEqual(readFileSync(path), damaged, 'the file is left as it is');
      return null;
    });
    if (found === null) return 'refused';
    const { sessions, ...others } = found;
    const { sessions: allSessions, ...allOthers } = expected;
    assert.deepEqual(others, allOthers);
    if (file !== 'sessions.json' || (sessions as unknown[]).length > 0) assert.deepEqual(sessions, allSessions);
    return 'same';
  } finally {
    rmSync(home.path, { recursive: true });
  }
}

test('a file cut at any byte is refused, or nothing was lost', async () => {
  for (const file of files) {
    const { length } = readFileSync(join(whole.path, file));
    const cuts = new Set([0, 1, length >> 1, length - 2, length - 1, 31, 32, 33].filter((at) => at < length));
    for (const at of cuts) await startWith(file, (path, bytes) => writeFileSync(path, bytes.subarray(0, at)));
  }
});

test('a changed byte is found wherever it is, and a key with one is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), async (which, where, byte) => {
      const file = files[which % files.length] ?? '';
      await startWith(file, (path, bytes) => {
        bytes[where % bytes.length] = byte;
        writeFileSync(path, bytes);
      });
    }),
    { numRuns: 300 },
  );
});

test('garbage, zeros as a power cut leaves them, other files of ours and links are refused', async () => {
  for (const file of files) {
    const contents = [
      Buffer.alloc(readFileSync(join(whole.path, file)).length),
      Buffer.alloc(20_000_000, 'x'),
      Buffer.from('[]'),
      Buffer.from('null'),
      Buffer.from('{}'),
      Buffer.from('{"sha256":"","state":[]}'),
      Buffer.from([0xff, 0xfe, 0x00]),
      ...files.filter((other) => other !== file).map((other) => readFileSync(join(whole.path, other))),
    ];
    for (const content of contents) {
      const outcome = await startWith(file, (path) => writeFileSync(path, content));
      if (file !== 'sessions.json')
        assert.equal(outcome, 'refused', `${file} with ${content.subarray(0, 40).toString()}`);
    }
    const linked = await startWith(file, (path) => {
      rmSync(path);
      symlinkSync(join(whole.path, file), path);
    });
    if (file !== 'sessions.json') assert.equal(linked, 'refused', `${file} as a link`);
  }
});

test('a missing pepper or folder of keys is not recreated', async () => {
  for (const [name, left] of [
    ['pepper', /it is gone, and without it no key that was made is valid/],
    ['keys', /it is gone, and with it all keys/],
  ] as const) {
    const home = accountsFolder(mkdtempSync(join(root, 'home-')));
    cpSync(whole.path, home.path, { recursive: true });
    rmSync(join(home.path, name), { recursive: true });
    await assert.rejects(open(home), left);
    await assert.rejects(open(home), left, 'the first refusal has made nothing');
  }
});
