import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { chatModelPath, startChatEngine } from './engine-for-tests.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kumiki-gguf-'));
});
after(() => rm(folder, { recursive: true }));

async function refusalOf(name: string, bytes: Buffer | null): Promise<string> {
  const modelPath = join(folder, name);
  if (bytes !== null) await writeFile(modelPath, bytes);
  const error: unknown = await startChatEngine({ modelPath }).catch((error: unknown) => error);
  assert.ok(error instanceof KumikiError, String(error));
  assert.equal(error.code, 'engine_failed');
  assert.ok(error.message.includes(name) && error.message.length < 300, error.message);
  return error.message;
}

test('a file that is missing, empty or no GGUF is refused in one sentence', async () => {
  assert.match(await refusalOf('missing.gguf', null), /does not exist/);
  assert.match(await refusalOf('empty.gguf', Buffer.alloc(0)), /not a GGUF file/);
  assert.match(await refusalOf('picture.gguf', Buffer.from('PNG'.repeat(100))), /not a GGUF file/);
});

test('a file cut anywhere, or of an unknown architecture, is refused in one sentence', async () => {
  const whole = await readFile(chatModelPath);
  for (const bytes of [30, 5_000, 60_000, whole.length - 4096])
    await refusalOf(`cut-${bytes}.gguf`, whole.subarray(0, bytes));
  const foreign = Buffer.from(whole);
  const name = Buffer.from('llama');
  foreign.write('lalma', foreign.indexOf(name, foreign.indexOf('general.architecture')));
  await refusalOf('foreign.gguf', foreign);
});

test('loading reports progress and stops when it is told to', async () => {
  const fractions: number[] = [];
  const engine = await startChatEngine({ onProgress: (fraction) => fractions.push(fraction) });
  assert.equal(fractions.at(-1), 1);
  assert.ok(fractions.every((fraction) => fraction >= 0 && fraction <= 1));
  await engine.close();
  await assert.rejects(startChatEngine({ signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('equal files and settings have one fingerprint, other settings another', async () => {
  const copy = join(folder, 'copy.gguf');
  await writeFile(copy, await readFile(chatModelPath));
  const fingerprints = [];
  for (const options of [{}, { modelPath: copy }, { contextTokens: 256 }]) {
    const engine = await startChatEngine(options);
    fingerprints.push(engine.model.fingerprint);
    await engine.close();
  }
  assert.match(fingerprints[0] ?? '', /^llama-[0-9a-f]{12}$/);
  assert.equal(fingerprints[1], fingerprints[0]);
  assert.notEqual(fingerprints[2], fingerprints[0]);
});

test('settings that cannot be had are refused by name', async () => {
  await assert.rejects(startChatEngine({ maxSequences: 257 }), /maxSequences/);
  await assert.rejects(startChatEngine({ contextTokens: 10_000_000 }), /10000000/);
});
