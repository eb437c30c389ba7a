/**
 * Installs Debian's Chromium and a Japanese font for the browser tests. Takes a minute the first time, and no time
 * afterwards. Ends with 0 when that is impossible: the browser tests are then skipped with the reason, except when CI
 * is set.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumPath } from '../tests/browser/chromium.ts';

const packages = ['chromium', 'fonts-noto-cjk'];
const commandTimeoutMs = 600_000;

if (!existsSync(chromiumPath)) {
  const reason = whyImpossible();
  if (reason === null) install();
  else console.log(`No Chromium for tests: ${reason}`);
}

function whyImpossible(): string | null {
  if (!existsSync('/etc/debian_version')) return 'this is not Debian.';
  if (process.getuid?.() !== 0) return `only root can install it: apt-get install ${packages.join(' ')}`;
  return null;
}

function install(): void {
  console.log(`Installing ${packages.join(' and ')} for the browser tests. This takes about a minute, once.`);
  must(['update', '-qq']);
  must(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function must(args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('apt-get', args, {
    encoding: 'utf8',
    timeout: commandTimeoutMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error(`apt-get ${args.join(' ')} failed`);
}
