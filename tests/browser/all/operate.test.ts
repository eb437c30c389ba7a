import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@kumiki/testing';
import { chatOn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { say } from '../words.ts';

const skip = whyNoBrowser();
const limitMs = 120_000;

const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 5, 1)));

async function ready(): Promise<number> {
  const { services } = await fixture.product.status();
  return services.reduce((sum, service) => sum + service.ready, 0);
}

test('a service is scaled from its card, and its new replica becomes ready in sight', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  await page.goto(`${fixture.product.origin}/models`);
  await page
    .getByRole('button', { name: new RegExp(`^${say('en', 'models.card.scale')}`) })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: say('en', 'models.scale.more') }).click();
  await dialog.getByRole('button', { name: 'Scale to 2 replicas' }).click();
  await until('two replicas are ready', limitMs, async () => (await ready()) === 2);
  await page.getByText('2 of 2', { exact: false }).first().waitFor();
});

test('a killed replica is in what changed', { skip }, async () => {
  const { services } = await fixture.product.status();
  const victim = services.flatMap(({ replicas }) => replicas).find(({ pid }) => pid !== null);
  assert.ok(victim?.pid != null);
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  await page.goto(`${fixture.product.origin}/overview`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  fixture.product.kill(victim.pid);
  await page.getByText(victim.id).first().waitFor();
});

test('a request opens as a waterfall of its hops', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  const chat = chatOn(page);
  await chat.send('[[length=20]] Where does the time go?');
  await chat.untilEnded();
  const { data } = await fixture.product.api<{ data: { id: string }[] }>('/v1/kumiki/requests?path=/v1/responses');
  await page.goto(`${fixture.product.origin}/requests?id=${data[0]?.id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('/v1/chat/completions').first().waitFor();
  await dialog.getByText('POST /v1/responses').first().waitFor();
});
