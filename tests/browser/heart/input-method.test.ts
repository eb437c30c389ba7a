import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { chatOn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { composeInChromium, confirmations, replay } from '../input-method.ts';
import { say } from '../words.ts';

const skip = whyNoBrowser();

const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 1)));

/** Messages that a page has sent. */
function sentBy(page: Page): readonly string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && /\/v1\/(responses|kumiki\/chats)$/.test(request.url())) sent.push(request.url());
  });
  return sent;
}

/** Both settings of what Enter does. */
const settings = ['yes', 'no'] as const;

for (const enterSends of settings) {
  test(`Enter that confirms a conversion never sends (Enter sends: ${enterSends})`, { skip }, async () => {
    await using console = await openConsole(fixture.browser, fixture.product, { locale: 'ja' });
    const { page } = console;
    await page.evaluate((value) => localStorage.setItem('kumiki.enterSends', value), enterSends);
    await page.reload();
    const sent = sentBy(page);
    const chat = chatOn(page, 'ja');
    await chat.composer.fill('これは');
    await chat.composer.focus();
    for (const [name, events] of Object.entries(confirmations)) {
      assert.deepEqual(await replay(page, events), [], `${name}: what the input method does is prevented`);
    }
    await composeInChromium(page, 'にほんご', '日本語');
    await composeInChromium(page, 'です', 'です');
    assert.equal(await chat.composer.inputValue(), 'これは日本語です');
    assert.deepEqual(sent, []);
    // Without a composition the same key sends, once.
    await page.keyboard.press(enterSends === 'yes' ? 'Enter' : 'Control+Enter');
    await page.waitForURL('**/chat/chat_*');
    await chat.untilEnded();
    assert.deepEqual(
      sent.map((url) => new URL(url).pathname),
      ['/v1/kumiki/chats', '/v1/responses'],
    );
    await page.getByRole('log').getByText('これは日本語です', { exact: true }).waitFor();
  });
}

test('Shift+Enter, and Enter where it does not send, break the line', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  const sent = sentBy(page);
  const chat = chatOn(page);
  await chat.composer.focus();
  await page.keyboard.type('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  await page.evaluate(() => localStorage.setItem('kumiki.enterSends', 'no'));
  await page.reload();
  // The draft is kept.
  assert.equal(await chat.composer.inputValue(), 'one\ntwo');
  await chat.composer.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('three');
  assert.equal(await chat.composer.inputValue(), 'one\ntwo\nthree');
  assert.deepEqual(sent, []);
});

test('an edited message follows the same rules', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, { locale: 'ja' });
  const { page } = console;
  const chat = chatOn(page, 'ja');
  await chat.send('[[length=5]] 最初');
  await chat.untilEnded();
  const sent = sentBy(page);
  await page.getByRole('button', { name: say('ja', 'chat.actions.edit'), exact: true }).click();
  const edited = page.getByRole('textbox', { name: say('ja', 'chat.actions.editLabel'), exact: true });
  await edited.focus();
  for (const [name, events] of Object.entries(confirmations)) {
    assert.deepEqual(await replay(page, events), [], name);
  }
  await composeInChromium(page, 'つぎ', '次');
  assert.deepEqual(sent, []);
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: say('ja', 'chat.branch.label') }).waitFor();
  await chat.untilEnded();
  assert.equal(sent.length, 1);
});
