import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, until } from '@kumiki/testing';
import { assertWhole, chatOn, clipboardRights, storedTurn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';

const skip = whyNoBrowser();
const limitMs = 120_000;
const reloads = 20;
const reloadsPerAnswer = 5;
const kills = 10;

const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 8, 3)));

async function busyReplicas(): Promise<readonly { readonly pid: number | null }[]> {
  const { services } = await fixture.product.status();
  return services.flatMap(({ replicas }) => replicas).filter(({ running }) => (running ?? 0) > 0);
}

test(`${reloads} reloads at random points neither lose nor repeat a character`, { skip }, async (context) => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const chat = chatOn(page);
  for (let answer = 0; answer < reloads / reloadsPerAnswer; answer++) {
    await chat.send(`[[length=800]] Question ${answer} of ${seed}`);
    for (let point = 0, least = 0; point < reloadsPerAnswer; point++) {
      least += 1 + Math.floor(random() * 400);
      await chat.untilShown(least);
      await page.reload();
    }
    await chat.untilEnded();
    await assertWhole(page, fixture.product);
    assert.equal((await storedTurn(page, fixture.product)).status, 'completed');
  }
});

test(`${kills} killed workers at random points neither lose nor repeat a character`, { skip }, async (context) => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const chat = chatOn(page);
  for (let kill = 0; kill < kills; kill++) {
    await chat.send(`[[length=600]] Question ${kill} of ${seed}`);
    await chat.untilShown(1 + Math.floor(random() * 1_000));
    await until('a replica is known to write', limitMs, async () => (await busyReplicas()).length > 0);
    const [busy] = await busyReplicas();
    if (busy?.pid != null) fixture.product.kill(busy.pid);
    await chat.untilEnded();
    await assertWhole(page, fixture.product);
    assert.equal((await storedTurn(page, fixture.product)).status, 'completed');
  }
});

test('a second tab shows an answer from the middle on, and its stop stops it in both', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, { permissions: clipboardRights });
  const { page } = console;
  const first = chatOn(page);
  await first.send('[[length=500]] Seen twice.');
  await first.untilShown(100);
  const tab = await console.newTab();
  await tab.goto(page.url());
  const second = chatOn(tab);
  await second.untilShown(100);
  await Promise.all([first.untilEnded(), second.untilEnded()]);
  assert.equal(await second.shownAnswer(), await first.shownAnswer());
  await first.send('[[length=5000]] Stopped from the other side.');
  await first.untilShown(50);
  await tab.reload();
  await second.untilShown(50);
  await tab.keyboard.press('Escape');
  await Promise.all([first.untilEnded(), second.untilEnded()]);
  assert.equal(await second.shownAnswer(), await first.shownAnswer());
  assert.equal((await storedTurn(page, fixture.product)).status, 'cancelled');
});
