import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package puts its browser. */
export const chromiumPath = '/usr/bin/chromium';

/** A browser that has not come up by then will not. */
const startLimitMs = 60_000;

/** Nothing of the browser's own goes out while it is tested. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Why browser tests cannot run here; false when they can, as the tests' `skip` wants it. With CI set they always can: a
 * machine of ours without a browser is a fault, not a reason to test less.
 */
export function whyNoBrowser(): string | false {
  if (existsSync(chromiumPath) || process.env['CI'] !== undefined) return false;
  return 'no Chromium is installed; scripts/install-chromium.ts installs one on Debian';
}

/** Debian's Chromium without a window. It talks over a pipe, so it ends when the process of its test does. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: quiet, timeout: startLimitMs });
}
