import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { places } from '../places.ts';
import { type Locale, say } from '../words.ts';

const skip = whyNoBrowser();

const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 5)));

/** The browser logs refused requests in its console. */
const refused = /console: Failed to load resource: the server responded with a status of 40[13] /;

test(
  'the link that kumiki up prints signs in once, by a cookie that scripts and other sites cannot use',
  { skip },
  async () => {
    await using console = await openConsole(fixture.browser, fixture.product, { signIn: false });
    const { page, context } = console;
    await page.goto(fixture.product.firstLink);
    await page.waitForURL('**/chat');
    await page.getByRole('heading', { name: say('en', 'chat.title'), level: 1 }).waitFor();
    const [cookie, ...others] = await context.cookies();
    assert.deepEqual(others, []);
    assert.match(cookie?.name ?? '', /^kumiki_[0-9a-f]{8}$/);
    assert.deepEqual(
      { httpOnly: cookie?.httpOnly, sameSite: cookie?.sameSite, path: cookie?.path, secure: cookie?.secure },
      // The product uses plain HTTP on this machine; behind TLS the cookie is Secure.
      { httpOnly: true, sameSite: 'Strict', path: '/', secure: false },
    );
    const days = ((cookie?.expires ?? 0) * 1_000 - Date.now()) / 86_400_000;
    assert.ok(days > 13.9 && days <= 14, `expires in ${days} days`);

    const token = new URL(fixture.product.firstLink).hash.replace('#token=', '');
    assert.ok(token.length >= 43, 'the token holds 256 bits');
    const kept = await page.evaluate(() =>
      JSON.stringify([location.href, localStorage, sessionStorage, document.cookie]),
    );
    assert.ok(!kept.includes(token) && !kept.includes('kmk_') && !kept.includes(cookie?.value ?? '?'), kept);
    await page.goBack().catch(() => null);
    assert.ok(!page.url().includes(token), 'the token stands in the history');
  },
);

test('a used link is refused and says how to get another', { skip }, async () => {
  const link = await fixture.product.newLink();
  await using first = await openConsole(fixture.browser, fixture.product, { signIn: false });
  await first.page.goto(link);
  await first.page.waitForURL('**/chat');
  await using second = await openConsole(fixture.browser, fixture.product, { signIn: false, allow: [refused] });
  await second.page.goto(link);
  const alert = second.page.getByRole('alert');
  await alert.waitFor();
  assert.equal(await alert.textContent(), say('en', 'shell.signIn.used'));
  assert.deepEqual(await second.context.cookies(), []);
});

test(
  'who is not signed in sees how to sign in and nothing else; who signs out is out everywhere',
  { skip },
  async () => {
    await using console = await openConsole(fixture.browser, fixture.product, { allow: [refused] });
    const { page } = console;
    const other = await console.newTab();
    await page.goto(`${fixture.product.origin}/settings`);
    await page.getByRole('button', { name: say('en', 'shell.signOut'), exact: true }).click();
    await page.getByText(say('en', 'shell.signIn.why')).waitFor();
    for (const place of places) {
      await other.goto(`${fixture.product.origin}/${place}`);
      await other.getByText(say('en', 'shell.signIn.why')).waitFor();
      assert.equal(await other.getByRole('navigation').count(), 0);
    }
    assert.deepEqual(await console.context.cookies(), []);
  },
);

test('the language follows the browser, is switched without a reload, and is remembered', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, { locale: 'ja' });
  const { page } = console;
  await page.getByRole('link', { name: say('ja', 'shell.nav.settings') }).click();
  await page.evaluate(() => Object.assign(window, { stillTheSame: true }));
  await page.getByRole('combobox', { name: say('ja', 'settings.language.label') }).click();
  await page.getByRole('option', { name: 'English' }).click();
  await page.getByRole('heading', { name: say('en', 'settings.title'), level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  assert.equal(await page.evaluate(() => 'stillTheSame' in window), true);
  await page.reload();
  await page.getByRole('heading', { name: say('en', 'settings.title'), level: 1 }).waitFor();
});

// A missing message throws, which fails the page, as do policy violations and requests to other origins.
for (const locale of ['en', 'ja'] satisfies Locale[]) {
  test(`every screen opens from the menu without a fault (${locale})`, { skip }, async () => {
    await using console = await openConsole(fixture.browser, fixture.product, { locale });
    const { page } = console;
    for (const place of places) {
      await page.getByRole('link', { name: say(locale, `shell.nav.${place}`), exact: true }).click();
      await page.waitForURL(`**/${place}`);
      await page.getByRole('heading', { name: say(locale, `${place}.title`), level: 1 }).waitFor();
    }
  });
}
