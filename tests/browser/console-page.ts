import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { ConsoleProduct } from './console-product.ts';
import type { Locale } from './words.ts';

/** Playwright gives up looking for something after this. A busy machine is slow, never this slow. */
const patienceMs = 30_000;

export interface PageOptions extends Omit<BrowserContextOptions, 'locale'> {
  readonly locale?: Locale;
  /** What the browser may complain of in this test, such as a reply with status 401. */
  readonly allow?: readonly RegExp[];
  /** Left out: the page is opened signed in, at the first screen. */
  readonly signIn?: boolean;
  /** Left out: the link is one of this machine's key. */
  readonly link?: string;
}

/** A page that notes everything that must not happen: errors, violations of the policy, requests to elsewhere. */
export interface ConsolePage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Another tab of the same browser, watched as well. */
  newTab(): Promise<Page>;
  /** What has gone wrong so far. */
  faults(): readonly string[];
}

/** A new browser profile with one page, signed in by a link of its own. It fails at its end if anything went wrong in it. */
export async function openConsole(
  browser: Browser,
  product: ConsoleProduct,
  options: PageOptions = {},
): Promise<ConsolePage> {
  const { locale = 'en', allow = [], signIn = true, link, ...more } = options;
  const context = await browser.newContext({
    locale: locale === 'ja' ? 'ja-JP' : 'en-US',
    viewport: { width: 1280, height: 800 },
    ...more,
  });
  context.setDefaultTimeout(patienceMs);
  const faults = watch(context, product.origin, allow);
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  const page = await context.newPage();
  if (signIn) {
    await page.goto(link ?? (await product.newLink()));
    await page.waitForURL((url) => url.pathname !== '/sign-in');
  }
  return {
    page,
    context,
    newTab: () => context.newPage(),
    faults: () => faults,
    async [Symbol.asyncDispose]() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

function watch(context: BrowserContext, origin: string, allow: readonly RegExp[]): readonly string[] {
  const faults: string[] = [];
  const note = (fault: string): void => {
    if (!allow.some((pattern) => pattern.test(fault))) faults.push(fault);
  };
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    note(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => note(`page: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    const url = request.url();
    const local = url.startsWith(`${origin}/`) || /^(data|blob|about):/.test(url);
    if (!local) note(`request to elsewhere: ${url}`);
  });
  return faults;
}
