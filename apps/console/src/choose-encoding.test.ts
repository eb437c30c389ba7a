import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEncoding, type Encoding } from './choose-encoding.ts';

test('the smallest encoding that is there and wanted is chosen', () => {
  const cases: readonly [string | undefined, readonly Encoding[], Encoding | null][] = [
    ['gzip, deflate, br, zstd', ['br', 'gzip'], 'br'],
    ['gzip, deflate, br', ['gzip'], 'gzip'],
    ['GZIP', ['br', 'gzip'], 'gzip'],
    ['br;q=0, gzip;q=0.1', ['br', 'gzip'], 'gzip'],
    ['*', ['br', 'gzip'], 'br'],
    ['*;q=0', ['br'], null],
    ['br;q=0, *', ['br', 'gzip'], 'gzip'],
    ['identity', ['br', 'gzip'], null],
    ['br', [], null],
    ['', ['br'], null],
    [undefined, ['br'], null],
  ];
  for (const [accepted, available, chosen] of cases) {
    assert.equal(chooseEncoding(accepted, new Set(available)), chosen, accepted);
  }
});
