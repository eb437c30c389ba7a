import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import { fakeService } from '../testing/fake-runtime.ts';
import { openServiceStore, type ServiceStore } from './service-store.ts';

/** With any damage to the file of a service, a start either has all services, or refuses and names the file. */

const root = mkdtempSync(join(tmpdir(), 'kumiki-damaged-'));
after(() => rmSync(root, { recursive: true }));
const whole = join(root, 'whole');
let expected: ReturnType<ServiceStore['load']>;
let files: string[] = [];

before(async () => {
  mkdirSync(whole);
  const services = openServiceStore(whole);
  await services.save(['shop', 'other'].map((name) => ({ created: 7, manifest: fakeService(name, 'behaves') })));
  services.endFirstStart();
  expected = openServiceStore(whole).load();
  // The other file is an empty marker.
  files = readdirSync(whole).filter((file) => file !== 'started');
  assert.deepEqual([expected.length, files.length], [2, 2]);
});

/** Replaces a file's content and starts. */
function startWith(file: string, change: (path: string, bytes: Buffer) => void): 'same' | 'refused' {
  const folder = mkdtempSync(join(root, 'services-'));
  try {
    cpSync(whole, folder, { recursive: true });
    const path = join(folder, file);
    change(path, readFileSync(path));
    const damaged = readFileSync(path);
    try {
      assert.deepEqual(openServiceStore(folder).load(), expected);
      return 'same';
    } catch (error) {
      assert.ok(error instanceof KumikiError && error.code === 'conflict', String(error));
      assert.ok(error.message.includes(file), `${error.message} names ${file}`);
      assert.match(error.message, /cannot be used \(.+\), so nothing was started.*(Restore|Move)/);
      assert.deepEqual(readFileSync(path), damaged, 'the file is left as it is');
      return 'refused';
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a file cut at any byte is refused, or nothing was lost', () => {
  for (const file of files) {
    const { length } = readFileSync(join(whole, file));
    for (const at of [0, 1, length >> 1, length - 2, length - 1])
      startWith(file, (path, bytes) => writeFileSync(path, bytes.subarray(0, at)));
  }
});

test('a changed byte is found wherever it is, or nothing was lost', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), (which, where, byte) => {
      startWith(files[which % files.length] ?? '', (path, bytes) => {
        bytes[where % bytes.length] = byte;
        writeFileSync(path, bytes);
      });
    }),
    { numRuns: 300 },
  );
});

test('garbage, zeros as a power cut leaves them, the file of another service and links are refused', () => {
  for (const file of files) {
    const contents = [
      Buffer.alloc(readFileSync(join(whole, file)).length),
      Buffer.alloc(20_000_000, 'x'),
      Buffer.from('[]'),
      Buffer.from('null'),
      Buffer.from('{}'),
      Buffer.from('{"sha256":"","state":[]}'),
      Buffer.from([0xff, 0xfe, 0x00]),
      ...files.filter((other) => other !== file).map((other) => readFileSync(join(whole, other))),
    ];
    for (const content of contents) {
      const outcome = startWith(file, (path) => writeFileSync(path, content));
      assert.equal(outcome, 'refused', `${file} with ${content.subarray(0, 40).toString()}`);
    }
    const linked = startWith(file, (path) => {
      rmSync(path);
      symlinkSync(join(whole, file), path);
    });
    assert.equal(linked, 'refused', `${file} as a link`);
  }
});
