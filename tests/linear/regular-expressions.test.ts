import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runUnits } from '@kumiki/testing';
import { analyse } from 'scslre';
import { isTest } from '../repository/source-files.ts';
import { findRegularExpressions, type FoundExpression } from './find-regular-expressions.ts';
import { whyNotLinear } from './measure-growth.ts';

/**
 * Every regular expression of the product takes linear time, since its text is untrusted. An expression that backtracks
 * can nearly always be rewritten, or replaced by a few lines of code.
 */

const { literals, made } = findRegularExpressions();

/** Expressions that are built at run time, and why that is safe. */
const madeOfText: Readonly<Record<string, string>> = {
  'apps/search/src/lexical/terms.ts': 'built of constants; termsOf is among the linear functions',
  'apps/worker/src/engine/llama/control-text.ts': 'built of a vocabulary, escaped, joined by alternatives alone',
  'apps/worker/src/engine/llama/tokenize-prompt.ts': 'built of a vocabulary, escaped, joined by alternatives alone',
  'packages/api/src/kinds/model-source.ts': 'built of a constant that the CRD has too, over a source of bounded length',
  'packages/api/src/kinds/spec-rules.ts': 'built of constants that the CRD has too, over sources of bounded length',
  'packages/service/src/token-file.ts': 'built of a constant, over a file of the operator',
};

const growth = { sizes: [24, 1_000, 4_000, 16_000], floorMs: 20 };

/** Includes the characters of the expression itself, which match its parts best. */
function unitsFor({ source }: FoundExpression): string[] {
  const own = [...new Set(source.replaceAll(/\\./gs, (escaped) => escaped.slice(1)))];
  return [...new Set([...runUnits, ...own, own.join('')])];
}

/** Also when only the start position moves, as in `/ +$/`. */
function backtracks(source: string, flags: string): boolean {
  const { reports } = analyse(new RegExp(source, flags), { reportTypes: { Move: true, Self: true, Trade: true } });
  return reports.length > 0;
}

test('the sources hold regular expressions, so that these tests look at something', () => {
  assert.ok(literals.length > 200);
  assert.ok(literals.every(({ file }) => !isTest(file)));
});

test('a detector finds no regular expression that backtracks beyond the length of its text', () => {
  const found = literals.flatMap((expression) => {
    const { place, source, flags } = expression;
    return backtracks(source, flags) ? [`${place} /${source}/${flags}`] : [];
  });
  assert.deepEqual(found, []);
});

test('the detector and the measure know what is quadratic and what is exponential', async () => {
  assert.ok(backtracks('[.!?]+["\')]*(?=\\s)', 'g'));
  assert.ok(backtracks('^(?:a+)+$', ''));
  assert.ok(backtracks('/+$', ''));
  assert.ok(!backtracks('\\.+', 'g'));
  const over = (unit: string, pattern: RegExp): Promise<string | null> =>
    whyNotLinear(
      growth,
      (size) => `${unit.repeat(size)}\u0001`,
      (text) => text.replace(pattern, ''),
    );
  assert.notEqual(await over('.', /[.!?]+["')]*(?=\s)/g), null);
  assert.notEqual(await over('a', new RegExp('^(?:a|a)*$')), null);
  assert.equal(await over('.', /\.+/g), null);
});

test('runs of every class of characters, with an end that fits and one that does not, take linear time', async () => {
  const slow: string[] = [];
  for (const expression of literals) {
    const pattern = new RegExp(expression.source, expression.flags);
    for (const unit of unitsFor(expression)) {
      for (const end of ['', '\u0001']) {
        const input = (size: number): string => unit.repeat(Math.ceil(size / unit.length)) + end;
        const why = await whyNotLinear(growth, input, (text) => text.replace(pattern, ''));
        if (why !== null) slow.push(`${expression.place} over ${JSON.stringify(unit)}: ${why}`);
      }
    }
  }
  assert.deepEqual(slow, []);
});

test('an expression that is made of other text says why that text is harmless', () => {
  assert.deepEqual([...new Set(made.map(({ file }) => file))].toSorted(), Object.keys(madeOfText).toSorted());
});
