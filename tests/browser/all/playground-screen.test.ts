import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import type { Browser } from 'playwright-core';
import { launchChromium, whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { type ConsoleProduct, simulatedModel, startConsoleProduct } from '../console-product.ts';
import { say } from '../words.ts';

/** The playground with a slow model, so that an answer can be stopped. */

const skip = whyNoBrowser();
const limitMs = 30_000;

let product: ConsoleProduct;
let browser: Browser;
before(async () => {
  if (skip !== false) return;
  [product, browser] = await Promise.all([startConsoleProduct(simulatedModel('sim', 30)), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

const words = (key: string, values?: Record<string, string>): string => say('en', `playground.${key}`, values);

async function running(): Promise<number> {
  const { services } = await product.status();
  return services.flatMap(({ replicas }) => replicas).reduce((sum, replica) => sum + (replica.running ?? 0), 0);
}

test('columns stream at once, and Escape stops the engine under all of them', { skip }, async () => {
  await using opened = await openConsole(browser, product);
  const { page } = opened;
  await page.goto(`${product.origin}/playground?m=sim,sim`);
  await page.getByRole('textbox', { name: words('prompt') }).fill('[[length=900]] Tell me everything');
  await page.getByRole('textbox', { name: words('prompt') }).press('Control+Enter');
  const answers = [1, 2].map((number) =>
    page.getByRole('region', { name: words('answerOf', { label: `${number}: sim` }) }),
  );
  for (const answer of answers) await answer.getByText('Simulated answer').waitFor();
  await until('both are written', limitMs, async () => (await running()) === 2);
  await page.keyboard.press('Escape');
  assert.equal(await page.getByText(/^Stopped, \d+ tokens? kept$/).count(), 2);
  await until('nothing is written any more', limitMs, async () => (await running()) === 0);
});

test('what is asked stands in the address, and a mistake in the schema says where it is', { skip }, async () => {
  await using opened = await openConsole(browser, product);
  const { page } = opened;
  await page.goto(`${product.origin}/playground?m=sim`);
  await page.getByRole('textbox', { name: words('prompt') }).fill('日本語で "答えて"');
  await page.waitForURL((url) => url.searchParams.get('prompt')?.includes('答えて') === true);
  await page.reload();
  const prompt = page.getByRole('textbox', { name: words('prompt') });
  await prompt.waitFor();
  assert.equal(await prompt.inputValue(), '日本語で "答えて"');
  await page.getByText(words('schema'), { exact: true }).click();
  await page.getByRole('textbox', { name: words('schema') }).fill('{"type": "objekt"}');
  await page.getByText(words('json.schema.type', { path: 'type' })).waitFor();
  const run = page.getByRole('button', { name: words('run'), exact: true });
  assert.equal(await run.getAttribute('aria-disabled'), 'true');
  await page.getByRole('textbox', { name: words('schema') }).fill('');
  await page.getByRole('button', { name: words('code') }).click();
  await page.getByRole('tab', { name: 'Python' }).click();
  await page.getByText('os.environ["KUMIKI_API_KEY"]').waitFor();
});

test('an answer is drawn as Markdown, and shown as it is where somebody wants that', { skip }, async () => {
  await using opened = await openConsole(browser, product);
  const { page } = opened;
  await page.goto(`${product.origin}/playground?m=sim`);
  await page
    .getByRole('textbox', { name: words('prompt') })
    .fill('[[say=A **weight** of <b onclick="alert(1)">1 kg</b>]]');
  await page.getByRole('textbox', { name: words('prompt') }).press('Control+Enter');
  const answer = page.getByRole('region', { name: words('answerOf', { label: '1: sim' }) });
  await answer.locator('strong', { hasText: 'weight' }).waitFor();
  await answer.getByText('<b onclick="alert(1)">1 kg</b>').waitFor();
  await page.getByRole('button', { name: words('raw') }).click();
  await answer.getByText('A **weight** of').waitFor();
});
