import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium, whyNoBrowser } from './chromium.ts';
import type { ConsoleProduct } from './console-product.ts';

/** The shared objects of a file of browser tests. */
export interface Fixture {
  readonly product: ConsoleProduct;
  readonly browser: Browser;
}

/**
 * Starts a product and a browser for the tests of a file. Both end with the file, also when one of them fails to start,
 * since an open browser would keep the test's process alive.
 */
export function browserFixture(startProduct: () => Promise<ConsoleProduct>): Fixture {
  let product: ConsoleProduct | null = null;
  let browser: Browser | null = null;
  before(async () => {
    if (whyNoBrowser() !== false) return;
    const results = await Promise.allSettled([
      startProduct().then((started) => (product = started)),
      launchChromium().then((started) => (browser = started)),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  });
  after(async () => {
    await browser?.close();
    await product?.[Symbol.asyncDispose]();
  });
  return {
    get product() {
      return there(product);
    },
    get browser() {
      return there(browser);
    },
  };
}

function there<Value>(value: Value | null): Value {
  if (value === null) throw new Error('The fixture is there while a test runs, not before.');
  return value;
}
