import { until } from '@kumiki/testing';
/**
 * The console in Debian's Chromium against the real product: how much script a first load takes, when it can be used,
 * how it handles a long stream during typing, compared with a page that renders the same stream with react-markdown,
 * and how fast a long conversation opens. Writes bench/results/browser.json.
 */
import type { Browser, Page } from 'playwright-core';
import { chatOn } from '../../tests/browser/chat.ts';
import { launchChromium, whyNoBrowser } from '../../tests/browser/chromium.ts';
import { openConsole } from '../../tests/browser/console-page.ts';
import { type ConsoleProduct, simulatedModel, startConsoleProduct } from '../../tests/browser/console-product.ts';
import { keepResult } from '../keep-result.ts';
import { readWatch, startWatch } from './page-measures.ts';
import { startRivalPage } from './rival-page.ts';

const limits = {
  scriptKilobytes: 250,
  interactiveMs: 2_000,
  longestTaskMs: 50,
  typingMsP95: 100,
  longChatMs: 1_000,
};

const tokensPerSecond = 100;
const streamSeconds = 60;
const keyPauseMs = 150;
const turns = 500;
const loads = 5;
const limitMs = 120_000;

const reason = whyNoBrowser();
if (reason !== false) throw new Error(reason);
await main();

async function main(): Promise<void> {
  const manifests = [simulatedModel('stream', 1_000 / tokensPerSecond), simulatedModel('quick', 0)].join('---\n');
  await using product = await startConsoleProduct(manifests);
  const browser = await launchChromium();
  try {
    const first = await firstLoad(browser, product);
    console.log(first);
    const stream = await longStream(browser, product);
    console.log(stream);
    const rival = await rivalStream(browser, product);
    console.log(rival);
    const long = await longChat(browser, product);
    report({ ...first, ...stream, ...long }, rival);
  } finally {
    await browser.close();
  }
}

/** A new browser profile for each load, so that nothing is cached: bytes of script, and the time until one can type. */
async function firstLoad(browser: Browser, product: ConsoleProduct): Promise<Record<string, number>> {
  const times: number[] = [];
  let scriptBytes = 0;
  let firstBytes = 0;
  for (let load = 0; load < loads; load += 1) {
    await using console = await openConsole(browser, product);
    const cookies = await console.context.cookies();
    await using fresh = await openConsole(browser, product, { signIn: false });
    await fresh.context.addCookies(cookies);
    const session = await fresh.context.newCDPSession(fresh.page);
    await session.send('Network.enable');
    const scripts = new Set<string>();
    scriptBytes = 0;
    session.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) scriptBytes += encodedDataLength;
    });
    const startedAt = performance.now();
    await fresh.page.goto(`${product.origin}/chat`, { waitUntil: 'commit' });
    const { composer } = chatOn(fresh.page);
    await composer.waitFor();
    // Scripts that are loaded after typing begins do not count.
    firstBytes = scriptBytes;
    await composer.fill('typed');
    times.push(performance.now() - startedAt);
  }
  return {
    scriptKilobytes: firstBytes / 1_000,
    interactiveMs: times.toSorted((a, b) => a - b)[Math.floor(loads / 2)] ?? Number.NaN,
  };
}

/** Types into the composer during a streamed answer. */
async function longStream(browser: Browser, product: ConsoleProduct): Promise<Record<string, number>> {
  await using console = await openConsole(browser, product);
  const { page } = console;
  await chooseModel(page, 'stream');
  const chat = chatOn(page);
  const startedAt = performance.now();
  await chat.send(`[[length=${tokensPerSecond * streamSeconds}]]`);
  await chat.untilShown(1);
  const watch = await startWatch(page);
  await chat.composer.focus();
  const stop = page.getByRole('button', { name: 'Stop', exact: true });
  while (await stop.isVisible()) {
    await page.keyboard.type('typing beside a stream ', { delay: keyPauseMs });
    await chat.composer.fill('');
  }
  const streamedSeconds = (performance.now() - startedAt) / 1_000;
  return { ...(await readWatch(watch)), streamedSeconds };
}

/** The same with the comparison page. */
async function rivalStream(browser: Browser, product: ConsoleProduct): Promise<Record<string, number>> {
  const content = `[[length=${tokensPerSecond * streamSeconds}]]`;
  await using rival = await startRivalPage(() =>
    product.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'stream', stream: true, messages: [{ role: 'user', content }] }),
    }),
  );
  const page = await browser.newPage();
  try {
    const startedAt = performance.now();
    await page.goto(rival.url);
    await page.waitForFunction(() => document.querySelector('article')?.textContent !== '');
    const watch = await startWatch(page);
    const input = page.getByRole('textbox');
    await input.focus();
    while ((await page.locator('[data-ended=true]').count()) === 0) {
      await page.keyboard.type('typing beside a stream ', { delay: keyPauseMs });
      await input.fill('');
    }
    const streamedSeconds = (performance.now() - startedAt) / 1_000;
    return { ...(await readWatch(watch)), streamedSeconds };
  } finally {
    await page.close();
  }
}

async function chooseModel(page: Page, name: string): Promise<void> {
  const picker = page
    .getByRole('combobox', { name: 'Model' })
    .or(page.getByRole('button', { name: 'Model' }))
    .first();
  await picker.click();
  await page.getByRole('option', { name }).click();
}

/**
 * Creates a chat of many turns through the API, then opens it: the time from the click until its last answer is shown.
 */
async function longChat(browser: Browser, product: ConsoleProduct): Promise<Record<string, number>> {
  const { id } = await product.api<{ id: string }>('/v1/kumiki/chats', { title: 'A long one' });
  let previous: string | null = null;
  for (let turn = 0; turn < turns; turn += 1) {
    const reply: { id: string } = await product.api('/v1/responses', {
      model: 'quick',
      input: `[[say=Answer number ${turn}, with **weight**, \`code\` and a list:\n\n- one\n- two]]`,
      previous_response_id: previous,
      truncation: 'auto',
      metadata: { kumiki_chat: id },
    });
    previous = reply.id;
  }
  await using console = await openConsole(browser, product);
  const { page } = console;
  const times: number[] = [];
  for (let load = 0; load < loads; load += 1) {
    await page.goto(`${product.origin}/settings`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goto(`${product.origin}/chat`);
    const link = page
      .getByRole('link', { name: 'A long one' })
      .or(page.getByRole('button', { name: 'A long one' }))
      .first();
    await link.waitFor();
    const startedAt = performance.now();
    await link.click();
    await page
      .getByRole('log')
      .getByText(`Answer number ${turns - 1}, with weight`)
      .waitFor();
    times.push(performance.now() - startedAt);
  }
  await until('all turns are laid out', limitMs, async () => (await page.getByRole('article').count()) >= turns);
  return { longChatMs: times.toSorted((a, b) => a - b)[Math.floor(loads / 2)] ?? Number.NaN, turns };
}

function report(figures: Readonly<Record<string, number>>, rival: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(figures)) {
    const other = rival[name];
    console.log(
      `${name.padEnd(20)} ${value.toFixed(1)}${other === undefined ? '' : `   react-markdown ${other.toFixed(1)}`}`,
    );
  }
  const missed = Object.entries(limits).filter(([name, most]) => !((figures[name] ?? Number.NaN) <= most));
  for (const [name, most] of missed) console.log(`Above its limit of ${most}: ${name}`);
  keepResult('browser', { limits, ...figures, reactMarkdown: rival });
  process.exitCode = missed.length === 0 ? 0 : 1;
}
