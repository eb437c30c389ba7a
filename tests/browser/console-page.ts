import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { ConsoleProduct } from './console-product.ts';
import type { Locale } from './words.ts';

/** Playwright's timeout, generous for a busy machine. */
const patienceMs = 30_000;

export interface PageOptions extends Omit<BrowserContextOptions, 'locale'> {
  readonly locale?: Locale;
  /** Expected browser errors in this test, such as a reply with status 401. */
  readonly allow?: readonly RegExp[];
  /** By default the page is signed in and shows the first screen. */
  readonly signIn?: boolean;
  /** By default a link of this machine's key. */
  readonly link?: string;
}

/** A page that records everything that must not happen: errors, policy violations, requests to other origins. */
export interface ConsolePage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Opens another tab of the same browser, which is watched too. */
  newTab(): Promise<Page>;
  /** The recorded faults so far. */
  faults(): readonly string[];
}

/** A new browser profile with one page, signed in by its own link. Disposing it fails if any fault was recorded. */
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
