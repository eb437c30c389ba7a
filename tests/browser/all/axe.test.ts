import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graveViolations } from '../axe.ts';
import { chatOn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { simulatedModel, startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { places } from '../places.ts';
import { type Locale, say } from '../words.ts';

const skip = whyNoBrowser();
const fixture = browserFixture(() => startConsoleProduct(simulatedModel('sim', 2, 2)));

const answer =
  '# Title\n\nText with `code`, a [link](https://example.com) and **weight**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst a = 1; // a comment\n```\n\n- [x] done\n\n$x^2$';

const looks = [
  { theme: 'light', contrast: 'system' },
  { theme: 'dark', contrast: 'system' },
  { theme: 'light', contrast: 'more' },
  { theme: 'dark', contrast: 'more' },
] as const;

for (const locale of ['en', 'ja'] satisfies Locale[]) {
  for (const { theme, contrast } of looks) {
    test(`axe finds nothing grave on any screen (${locale}, ${theme}, contrast ${contrast})`, { skip }, async () => {
      await using console = await openConsole(fixture.browser, fixture.product, { locale });
      const { page } = console;
      await page.evaluate(
        (chosen) => {
          localStorage.setItem('kumiki.theme', chosen.theme);
          localStorage.setItem('kumiki.contrast', chosen.contrast);
        },
        { theme, contrast },
      );
      await page.reload();
      const found: Record<string, readonly string[]> = {};
      for (const place of places) {
        await page.getByRole('link', { name: say(locale, `shell.nav.${place}`), exact: true }).click();
        await page.getByRole('heading', { name: say(locale, `${place}.title`), level: 1 }).waitFor();
        found[place] = await graveViolations(page);
      }
      await page.getByRole('link', { name: say(locale, 'shell.nav.chat'), exact: true }).click();
      const chat = chatOn(page, locale);
      await chat.send(`[[say=${answer}]]`);
      await chat.untilEnded();
      found['a chat'] = await graveViolations(page);
      assert.deepEqual(
        Object.entries(found).filter(([, violations]) => violations.length > 0),
        [],
      );
    });
  }
}

test('the page for those who are not signed in has nothing grave either', { skip }, async () => {
  const allow = [/status of 401/];
  await using console = await openConsole(fixture.browser, fixture.product, { signIn: false, allow });
  await console.page.goto(`${fixture.product.origin}/chat`);
  await console.page.getByText(say('en', 'shell.signIn.why')).waitFor();
  assert.deepEqual(await graveViolations(console.page), []);
});

test('the page for those who may not open a screen has nothing grave either', { skip }, async () => {
  const { value } = await fixture.product.newKey('app', ['inference']);
  const link = await fixture.product.newLink(value);
  await using console = await openConsole(fixture.browser, fixture.product, { link });
  await console.page.goto(`${fixture.product.origin}/overview`);
  await console.page.getByText(say('en', 'shell.notYours.admin')).waitFor();
  assert.deepEqual(await graveViolations(console.page), []);
});

test('every screen fits a phone: nothing is wider than 390 pixels', { skip }, async () => {
  await using console = await openConsole(fixture.browser, fixture.product, {
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
  });
  const { page } = console;
  const tooWide: string[] = [];
  for (const place of places) {
    await page.goto(`${fixture.product.origin}/${place}`);
    await page.getByRole('heading', { name: say('en', `${place}.title`), level: 1 }).waitFor();
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) tooWide.push(place);
  }
  assert.deepEqual(tooWide, []);
});
