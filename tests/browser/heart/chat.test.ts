import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, until } from '@kumiki/testing';
import { assertWhole, chatOn, clipboardRights, storedTurn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { say } from '../words.ts';

const skip = whyNoBrowser();
const limitMs = 60_000;

const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 10, 2)));

/** Replicas that are generating an answer. */
async function busyReplicas(): Promise<readonly { readonly id: string; readonly pid: number | null }[]> {
  const { services } = await fixture.product.status();
  return services.flatMap(({ replicas }) => replicas).filter(({ running }) => (running ?? 0) > 0);
}

test('an answer streams in, and ends as it is stored', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const chat = chatOn(page);
  await chat.send('[[length=200]] What is it?');
  await chat.untilShown(1);
  const begun = (await chat.shownAnswer()).length;
  await chat.untilEnded();
  await assertWhole(page, fixture.product);
  const { text, status } = await storedTurn(page, fixture.product);
  assert.equal(status, 'completed');
  assert.ok(begun < text.length, 'the answer came all at once');
});

test('stop stops the engine and keeps what was written', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const chat = chatOn(page);
  await chat.send('[[length=5000]] Go on for a long time.');
  await chat.untilShown(50);
  await until('a replica writes', limitMs, async () => (await busyReplicas()).length === 1);
  await page.reload();
  // The state comes from the server, so the button is there after a reload.
  await page.getByRole('button', { name: say('en', 'chat.composer.stop'), exact: true }).click();
  await chat.untilEnded();
  await until('no replica writes', limitMs, async () => (await busyReplicas()).length === 0);
  const { text, status } = await storedTurn(page, fixture.product);
  assert.equal(status, 'cancelled');
  assert.ok(text.length >= 50, text);
  await assertWhole(page, fixture.product);
  await page.reload();
  await chat.untilEnded();
  await assertWhole(page, fixture.product);
});

test('Escape stops the answer', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  const chat = chatOn(page);
  await chat.send('[[length=5000]] Go on for a long time, please.');
  await chat.untilShown(20);
  await page.keyboard.press('Escape');
  await chat.untilEnded();
  assert.equal((await storedTurn(page, fixture.product)).status, 'cancelled');
  await until('no replica writes', limitMs, async () => (await busyReplicas()).length === 0);
});

test('reloads in the middle of an answer neither lose nor repeat a character', { skip }, async (context) => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const chat = chatOn(page);
  await chat.send(`[[length=400]] Question ${seed}`);
  for (let points = 0, least = 0; points < 4; points += 1) {
    least += 1 + Math.floor(random() * 300);
    await chat.untilShown(least);
    await page.reload();
  }
  await chat.untilEnded();
  await assertWhole(page, fixture.product);
  assert.equal((await storedTurn(page, fixture.product)).status, 'completed');
});

test('an answer goes on in place when its worker is killed', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const chat = chatOn(page);
  await chat.send('[[length=800]] Tell me what a tenon is.');
  await chat.untilShown(30);
  await until('a replica is known to write', limitMs, async () => (await busyReplicas()).length === 1);
  const [busy] = await busyReplicas();
  assert.ok(busy?.pid != null);
  fixture.product.kill(busy.pid);
  await chat.untilEnded();
  assert.equal((await storedTurn(page, fixture.product)).status, 'completed');
  await assertWhole(page, fixture.product);
});
