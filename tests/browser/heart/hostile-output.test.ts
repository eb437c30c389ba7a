import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chatOn, storedTurn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { type ConsolePage, openConsole } from '../console-page.ts';
import { remoteModel, startConsoleProduct } from '../console-product.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../fake-openai.ts';
import { browserFixture } from '../fixture.ts';
import { hostileAnswers } from '../hostile-answers.ts';

const skip = whyNoBrowser();

let model: FakeOpenAi | null = null;
let console: ConsolePage | null = null;
const fixture = browserFixture(async () => {
  model = await startFakeOpenAi();
  return startConsoleProduct(remoteModel('hostile', model.baseUrl));
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
});

/** Elements that an answer must never contain: those that run code, load, submit, or overlay other elements. */
const forbidden = [
  'script',
  'iframe',
  'object',
  'embed',
  'form',
  'base',
  'meta',
  'link',
  'style',
  'img:not([src^="data:"]):not([src^="blob:"])',
  'video',
  'audio',
  '[srcdoc]',
  '[style*="fixed"]',
  '[style*="url"]',
  '.fixed',
].map((selector) => `[role=log] .prose ${selector}`);

/** Allowed schemes of links in an answer. */
const safeSchemes = new Set(['http:', 'https:', 'mailto:']);

interface Findings {
  /** Whether anything was rendered. */
  readonly rendered: boolean;
  readonly hacked: unknown;
  readonly forbidden: readonly string[];
  readonly handlers: readonly string[];
  readonly links: readonly string[];
}

function findings(page: Page): Promise<Findings> {
  return page.evaluate((selectors) => {
    const all = [...document.querySelectorAll('[role=log] .prose *')];
    return {
      rendered: all.length > 0,
      hacked: (window as { hacked?: unknown }).hacked ?? null,
      forbidden: selectors.filter((selector) => document.querySelector(selector) !== null),
      handlers: all.flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith('on'))),
      links: all.flatMap((one) => (one instanceof HTMLAnchorElement ? [one.protocol] : [])),
    };
  }, forbidden);
}

for (const { name } of hostileAnswers('')) {
  test(`an answer does no harm: ${name}`, { skip }, async () => {
    assert.ok(model !== null);
    // One page for all answers, to detect effects of one on the next.
    console ??= await openConsole(fixture.browser, fixture.product);
    const { text, readable } = hostileAnswers(new URL(model.baseUrl).origin).find((one) => one.name === name)!;
    model.answerWith(text);
    const { page } = console;
    await page.goto(`${fixture.product.origin}/chat`);
    const chat = chatOn(page);
    await chat.send(`Answer me (${name}).`);
    await chat.untilEnded();
    // Again from the stored answer, which arrives as a whole.
    await page.reload();
    await chat.untilEnded();
    const { text: stored } = await storedTurn(page, fixture.product);
    assert.equal(stored.length, text.length);
    await page.getByRole('log').getByText(readable).first().waitFor();

    const found = await findings(page);
    assert.deepEqual({ ...found, links: [] }, { rendered: true, hacked: null, forbidden: [], handlers: [], links: [] });
    assert.deepEqual(
      found.links.filter((scheme) => !safeSchemes.has(scheme)),
      [],
    );
    assert.deepEqual(model.leaks(), []);
    // The page still works: the next message can be written and sent.
    await chat.composer.fill('Still there?');
    assert.equal(await chat.composer.inputValue(), 'Still there?');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
    assert.deepEqual(console.faults(), []);
  });
}
