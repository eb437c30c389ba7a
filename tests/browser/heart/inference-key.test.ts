import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { chatOn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { places } from '../places.ts';
import { type Locale, say } from '../words.ts';

/** The console with a key of the role `inference`, which may not operate the installation. */

const skip = whyNoBrowser();
const fixture = browserFixture(() => startConsoleProduct());

/** Paths that require the role `admin`. A page that requests them anyway fills the log with refusals. */
const operating = /\/v1\/kumiki\/(?:status|services|replicas|keys|requests|load|changes|live|limits|usage)\b/;
/** The browser logs refused requests in its console. */
const refused = /console: Failed to load resource: the server responded with a status of 401 /;

/** Records requests of a page for admin paths. */
function watchOperating(page: Page): readonly string[] {
  const asked: string[] = [];
  page.context().on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (operating.test(pathname)) asked.push(pathname);
  });
  return asked;
}

const yours = ['chat', 'knowledge', 'playground', 'requests', 'settings'] as const;

async function askPlayground(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/playground?m=demo-chat`);
  const prompt = page.getByRole('textbox', { name: say('en', 'playground.prompt') });
  await prompt.fill('What is a Pod?');
  await prompt.press('Control+Enter');
  const answer = page.getByRole('region', {
    name: say('en', 'playground.answerOf', { label: '1: demo-chat' }),
  });
  await answer.locator('.prose', { hasText: /\w/ }).first().waitFor();
}

async function addDocument(page: Page, origin: string): Promise<void> {
  const words = (key: string): string => say('en', `knowledge.${key}`);
  await page.goto(`${origin}/knowledge`);
  await page
    .getByRole('button', { name: words('create') })
    .first()
    .click();
  await page.getByRole('textbox', { name: words('dialog.name') }).fill('Mine');
  await page.getByRole('button', { name: words('dialog.make'), exact: true }).click();
  await page.getByRole('heading', { name: 'Mine' }).waitFor();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'pod.md', mimeType: 'text/markdown', buffer: Buffer.from('A Pod holds containers.\n') });
  await page.getByRole('row').filter({ hasText: 'pod.md' }).getByText(words('fileState.completed')).waitFor();
}

test(
  'a key without the role admin chats, reads documents, tries models and sees its own requests',
  { skip },
  async () => {
    const { product } = fixture;
    const key = await product.newKey('app', ['inference']);
    // Another key's request, which must not be visible.
    await product.api('/v1/chat/completions', {
      model: 'demo-chat',
      messages: [{ role: 'user', content: 'What is a node?' }],
      max_completion_tokens: 4,
    });
    await using console = await openConsole(fixture.browser, product, { link: await product.newLink(key.value) });
    const { page } = console;
    const asked = watchOperating(page);
    const navigation = page.getByRole('navigation', { name: say('en', 'shell.nav.label') });
    await navigation.waitFor();
    const names = await navigation.getByRole('listitem').allInnerTexts();
    assert.deepEqual(
      names,
      yours.map((place) => say('en', `shell.nav.${place}`)),
    );

    const chat = chatOn(page);
    await chat.send('What is a Pod?');
    await chat.untilEnded();
    assert.match(await chat.shownAnswer(), /\w/);
    await addDocument(page, product.origin);
    await askPlayground(page, product.origin);

    await page.goto(`${product.origin}/requests`);
    await page.getByText(say('en', 'requests.noteOwn')).waitFor();
    const rows = page.getByRole('region', { name: say('en', 'requests.title'), exact: true }).locator('tbody tr');
    await rows.filter({ hasText: 'POST /v1/responses' }).first().waitFor();
    const { data } = await product.api<{ data: { id: string; key_id: string }[] }>('/v1/kumiki/requests?limit=200');
    const others = data.filter((record) => record.key_id !== key.id);
    assert.ok(others.length > 0);
    const shown = await rows.allInnerTexts();
    assert.ok(shown.length > 0);
    for (const { id } of others) assert.ok(!shown.some((text) => text.includes(id.slice(0, 12))), id);

    await rows.filter({ hasText: 'POST /v1/responses' }).first().getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('/v1/chat/completions').first().waitFor();
    assert.equal(await dialog.getByRole('link', { name: say('en', 'requests.panel.log') }).count(), 0);
    assert.deepEqual(asked, []);
  },
);

for (const locale of ['en', 'ja'] satisfies Locale[]) {
  test(
    `a screen that is not for this key says why and leads back, and asks for nothing (${locale})`,
    { skip },
    async () => {
      const { product } = fixture;
      const key = await product.newKey('viewer', ['inference']);
      const link = await product.newLink(key.value);
      await using console = await openConsole(fixture.browser, product, { locale, link });
      const { page } = console;
      const asked = watchOperating(page);
      for (const place of ['overview', 'models'] as const) {
        await page.goto(`${product.origin}/${place}?service=demo-chat`);
        await page.getByRole('heading', { name: say(locale, `shell.nav.${place}`), level: 1 }).waitFor();
        await page.getByText(say(locale, 'shell.notYours.admin')).waitFor();
      }
      await page
        .getByRole('button', { name: say(locale, 'shell.notYours.go', { place: say(locale, 'shell.nav.chat') }) })
        .click();
      await page.waitForURL('**/chat');
      for (const place of yours) {
        await page.getByRole('link', { name: say(locale, `shell.nav.${place}`), exact: true }).click();
        await page.getByRole('heading', { name: say(locale, `${place}.title`), level: 1 }).waitFor();
      }
      await page.getByText(say(locale, 'settings.session.notAdmin')).waitFor();
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('dialog', { name: say(locale, 'shell.palette') });
      await palette.getByRole('option', { name: say(locale, 'shell.nav.requests') }).waitFor();
      assert.equal(await palette.getByRole('option', { name: say(locale, 'shell.nav.overview') }).count(), 0);
      assert.deepEqual(asked, []);
    },
  );
}

test('a key that operates alone begins at the overview, and is told why it does not chat', { skip }, async () => {
  const { product } = fixture;
  const key = await product.newKey('operator', ['admin']);
  await using console = await openConsole(fixture.browser, product, { link: await product.newLink(key.value) });
  const { page } = console;
  await page.waitForURL('**/overview');
  await page.getByText(say('en', 'shell.live')).first().waitFor();
  const hidden = places.filter((place) => ['chat', 'knowledge', 'playground'].includes(place));
  for (const place of hidden) {
    assert.equal(await page.getByRole('link', { name: say('en', `shell.nav.${place}`), exact: true }).count(), 0);
    await page.goto(`${product.origin}/${place}`);
    await page.getByText(say('en', 'shell.notYours.inference')).waitFor();
  }
});

test('the settings list the browsers of the key; one that is ended there is out at once', { skip }, async () => {
  const { product } = fixture;
  const key = await product.newKey('two browsers', ['inference']);
  const open = async (allow: readonly RegExp[] = []) =>
    openConsole(fixture.browser, product, { link: await product.newLink(key.value), allow });
  await using first = await open();
  await using second = await open([refused]);
  await using third = await open([refused]);
  const words = (name: string): string => say('en', `settings.browsers.${name}`);
  await first.page.goto(`${product.origin}/settings`);
  const list = first.page.getByRole('list', { name: words('title') });
  const rows = list.getByRole('listitem');
  await first.page.waitForFunction((name) => {
    return document.querySelectorAll(`ul[aria-label="${name}"] > li`).length === 3;
  }, words('title'));
  assert.equal(await rows.filter({ hasText: words('current') }).count(), 1);
  assert.match(await rows.first().innerText(), /^Chrome \d+ · Linux/);

  // The own session comes first, then the newest.
  await rows.nth(1).getByRole('button').click();
  await first.page.waitForFunction((name) => {
    return document.querySelectorAll(`ul[aria-label="${name}"] > li`).length === 2;
  }, words('title'));
  await third.page.getByRole('link', { name: say('en', 'shell.nav.requests'), exact: true }).click();
  await third.page.getByText(say('en', 'shell.signIn.why')).waitFor();
  await second.page.getByRole('link', { name: say('en', 'shell.nav.requests'), exact: true }).click();
  await second.page.getByRole('heading', { name: say('en', 'requests.title'), level: 1 }).waitFor();

  await first.page.getByRole('button', { name: words('endOthers') }).click();
  await second.page.getByRole('link', { name: say('en', 'shell.nav.chat'), exact: true }).click();
  await second.page.reload();
  await second.page.getByText(say('en', 'shell.signIn.why')).waitFor();
  await first.page.getByRole('button', { name: say('en', 'shell.signOut'), exact: true }).waitFor();
});
