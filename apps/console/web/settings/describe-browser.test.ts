import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeBrowser } from './describe-browser.ts';

test('browsers are named as people know them, though most pretend to be others too', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  const cases: readonly [string, string | null][] = [
    [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/143.0.0.0 Safari/537.36`, 'Chrome 143 · Linux'],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0`,
      'Edge 143 · Windows',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox 145 · Windows'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
      'Safari 18 · iPhone',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
      'Safari 18 · macOS',
    ],
    [
      `Mozilla/5.0 (Linux; Android 15; SM-S921B) ${webkit} Chrome/143.0.0.0 Mobile Safari/537.36`,
      'Chrome 143 · Android',
    ],
    ['curl/8.5.0', null],
    ['', null],
    ['Version/'.repeat(32), null],
  ];
  for (const [text, name] of cases) assert.equal(describeBrowser(text), name, text);
});
