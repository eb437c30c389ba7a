import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { graveViolations } from '../axe.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { type Locale, say } from '../words.ts';

const skip = whyNoBrowser();
const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 5, 1)));

/** The browser notes in its console that a request was refused, as those of a session that has ended are. */
const allow = [/status of 401/];

interface Limits {
  readonly limits: Readonly<Record<string, number>>;
  readonly own: readonly string[];
}

const limitsOf = (project: string): Promise<Limits> => fixture.product.api(`/v1/kumiki/limits/${project}`);

/** Walks with the Tab key until what has the focus has this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  const limit = 80;
  for (let pressed = 0; pressed < limit; pressed++) {
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
      return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
    });
    if (focused.startsWith(name)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${name} is not reached by keyboard`);
}

for (const locale of ['en', 'ja'] satisfies Locale[]) {
  test(`what a project uses and may use is shown, and set by keyboard alone (${locale})`, { skip }, async () => {
    const words = (key: string, values?: Record<string, string>): string => say(locale, `access.${key}`, values);
    const project = `books-${locale}`;
    await fixture.product.api('/v1/kumiki/keys', { name: `of ${project}`, project });
    await using console = await openConsole(fixture.browser, fixture.product, { locale });
    const { page } = console;
    await page.goto(`${fixture.product.origin}/access?project=${project}`);
    const row = page.getByRole('row').filter({ hasText: 'file_bytes' });
    await row.getByText('10 GiB').waitFor();
    await row.getByRole('meter').waitFor();
    await row.getByText(words('projects.default')).waitFor();

    await tabTo(page, words('projects.change'));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await graveViolations(page), []);
    await tabTo(page, words('limit.file_bytes'));
    await page.keyboard.type('10 GB');
    await page
      .getByRole('alert')
      .filter({ hasText: words('dialog.wrongBytes') })
      .waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('500 MiB');
    await tabTo(page, words('dialog.set'));
    await page.keyboard.press('Enter');
    await row.getByText('500 MiB').waitFor();
    await row.getByText(words('projects.own')).waitFor();
    const { limits, own } = await limitsOf(project);
    assert.deepEqual([limits['file_bytes'], own], [500 * 2 ** 20, ['file_bytes']]);
  });
}

test('who revokes the key of his own session types its name, is signed out, and others go on', { skip }, async () => {
  const { product } = fixture;
  const boss = await product.newKey('boss', ['inference', 'admin']);
  await using console = await openConsole(fixture.browser, product, { link: await product.newLink(boss.value), allow });
  const { page } = console;
  await page.goto(`${product.origin}/access`);
  const own = page.getByRole('row').filter({ hasText: say('en', 'access.keys.own') });
  await own.getByText('boss').waitFor();
  await own.getByRole('button', { name: say('en', 'access.keys.revokeOf', { name: 'boss' }) }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(say('en', 'access.revoke.ownWay')).waitFor();
  const confirm = dialog.getByRole('button', { name: say('en', 'access.revoke.confirm'), exact: true });
  assert.equal(await confirm.getAttribute('aria-disabled'), 'true');
  await dialog.getByRole('textbox', { name: say('en', 'access.revoke.typeName') }).fill('boss');
  await confirm.click();
  await page.getByText(say('en', 'shell.signIn.why')).waitFor();
  const { data } = await product.api<{ data: { id: string }[] }>('/v1/kumiki/keys');
  assert.ok(data.length > 0 && !data.some(({ id }) => id === boss.id));
});

test('signing out everywhere asks first and ends this browser and the others of the key', { skip }, async () => {
  const { product } = fixture;
  const key = await product.newKey('app', ['inference']);
  const sign = async () => openConsole(fixture.browser, product, { link: await product.newLink(key.value), allow });
  await using first = await sign();
  await using second = await sign();
  await first.page.goto(`${product.origin}/settings`);
  const everywhere = say('en', 'settings.browsers.endAll');
  await first.page.getByRole('button', { name: everywhere }).click();
  const dialog = first.page.getByRole('dialog');
  await dialog.getByText('one other of your key', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: everywhere }).click();
  await first.page.getByText(say('en', 'shell.signIn.why')).waitFor();
  await second.page.goto(`${product.origin}/settings`);
  await second.page.getByText(say('en', 'shell.signIn.why')).waitFor();
});
