import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Path of the browser in Debian's package. */
export const chromiumPath = '/usr/bin/chromium';

/** A browser that takes longer to start has failed. */
const startLimitMs = 60_000;

/** Flags that turn off the browser's own network requests. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Why browser tests cannot run here; false when they can, for the tests' `skip`. With CI set it is always false, so
 * that a missing browser fails the tests instead of skipping them.
 */
export function whyNoBrowser(): string | false {
  if (existsSync(chromiumPath) || process.env['CI'] !== undefined) return false;
  return 'no Chromium is installed; scripts/install-chromium.ts installs one on Debian';
}

/** Debian's Chromium, headless. It is controlled through a pipe, so it ends with its test's process. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: quiet, timeout: startLimitMs });
}
