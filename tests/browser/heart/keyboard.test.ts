import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { chatOn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { say } from '../words.ts';

const skip = whyNoBrowser();

const fixture = browserFixture(() =>
  startConsoleProduct([simulatedModel('one', 0), simulatedModel('two', 0)].join('---\n')),
);

/** Waits until the composer has the focus. */
function untilInComposer(page: Page): Promise<unknown> {
  return page.waitForFunction(
    (label) => document.activeElement?.getAttribute('aria-label') === label,
    say('en', 'chat.composer.label'),
  );
}

test('the palette goes to a screen by its name, and Escape gives the keyboard back', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  await untilInComposer(page);
  const input = page.getByRole('combobox', { name: say('en', 'shell.palette') });
  await page.keyboard.press('Control+k');
  await input.waitFor();
  await page.keyboard.type(say('en', 'shell.nav.settings'));
  await page.getByRole('option', { name: say('en', 'shell.nav.settings') }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings');
  await input.waitFor({ state: 'detached' });

  await page.goto(`${fixture.product.origin}/chat`);
  await untilInComposer(page);
  await page.keyboard.type('half a thought');
  for (let time = 0; time < 2; time++) {
    await page.keyboard.press('Control+k');
    await input.waitFor();
    await page.keyboard.press('Escape');
    await input.waitFor({ state: 'detached' });
    await untilInComposer(page);
  }
  assert.equal(await chatOn(page).composer.inputValue(), 'half a thought');
});

test('the model is chosen and a chat is renamed without a mouse', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  const picker = page.getByRole('combobox', { name: say('en', 'chat.model.label') });
  await picker.focus();
  const before = await picker.getAttribute('aria-label');
  const other = before?.endsWith('one') === true ? 'two' : 'one';
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: other }).waitFor();
  await page.keyboard.type(other);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('option').first().waitFor({ state: 'detached' });
  assert.equal(await picker.getAttribute('aria-label'), before?.replace(/\w+$/, other));
  assert.ok(
    await picker.evaluate((element) => element === document.activeElement),
    'the keyboard is back at the button',
  );

  const chat = chatOn(page);
  await chat.send('[[say=Done.]]');
  await chat.untilEnded();
  const row = page.getByRole('listitem').filter({ has: page.locator('a[aria-current=page]') });
  const menu = row.getByRole('button');
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: say('en', 'chat.list.rename') }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
  assert.ok(await menu.evaluate((element) => element === document.activeElement), 'Escape gives the keyboard back');
  await page.keyboard.press('Enter');
  const rename = page.getByRole('menuitem', { name: say('en', 'chat.list.rename') });
  await rename.waitFor();
  for (let step = 0; step < 3 && (await rename.getAttribute('data-highlighted')) === null; step++) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
});

test('a part that cannot be loaded is told, and opens once it can', { skip }, async () => {
  const cut = /console: Failed to load resource|Failed to fetch dynamically imported module/;
  await using console = await openConsole(fixture.browser, fixture.product, { allow: [cut] });
  const { page, context } = console;
  const picker = page.getByRole('combobox', { name: say('en', 'chat.model.label') });
  await picker.waitFor();
  await context.setOffline(true);
  const notLoaded = page.getByText(say('en', 'shell.notLoaded.title'));
  await picker.focus();
  await page.keyboard.press('Enter');
  await notLoaded.first().waitFor();
  assert.equal(await page.getByRole('button', { name: say('en', 'shell.notLoaded.reload') }).count(), 1);
  assert.equal(await picker.getAttribute('aria-expanded'), 'false');
  await context.setOffline(false);
  await page.keyboard.press('Enter');
  await page.getByRole('option').first().waitFor();
});
