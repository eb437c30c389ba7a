import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchLimits } from '../rows/limits.ts';
import { checkLine } from './check-line.ts';

const good = {
  custom_id: 'a',
  method: 'POST',
  url: '/v1/embeddings',
  body: { model: 'm', input: 'a\u0000b' },
};

function check(line: unknown, endpoint = '/v1/embeddings'): ReturnType<typeof checkLine> {
  const bytes = Buffer.isBuffer(line) ? line : Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
  return checkLine({ number: 7, bytes }, endpoint);
}

test('a request for the endpoint of the batch is accepted with its body', () => {
  assert.deepEqual(check(good), { ok: true, customId: 'a', model: 'm', body: JSON.stringify(good.body) });
});

test('each kind of wrong line has its code, its parameter and its number', () => {
  const cases: readonly (readonly [unknown, string, string | null])[] = [
    ['{', 'invalid_json_line', null],
    ['[]', 'invalid_json_line', null],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'invalid_json_line', null],
    [{ ...good, custom_id: undefined }, 'missing_required_parameter', 'custom_id'],
    [{ ...good, custom_id: 7 }, 'missing_required_parameter', 'custom_id'],
    [{ ...good, custom_id: 'x'.repeat(batchLimits.customIdCharacters + 1) }, 'invalid_custom_id', 'custom_id'],
    [{ ...good, custom_id: '\0' }, 'invalid_custom_id', 'custom_id'],
    [{ ...good, custom_id: '\ud800' }, 'invalid_custom_id', 'custom_id'],
    [{ ...good, method: 'GET' }, 'invalid_method', 'method'],
    [{ ...good, url: '/v1/completions' }, 'invalid_url', 'url'],
    [{ ...good, body: [] }, 'invalid_body', 'body'],
    [{ ...good, body: { model: 'm', stream: true } }, 'unsupported_parameter', 'body.stream'],
    [{ ...good, body: { model: 'm', background: true } }, 'unsupported_parameter', 'body.background'],
    [{ ...good, body: {} }, 'missing_required_parameter', 'body.model'],
  ];
  for (const [line, code, param] of cases) {
    const checked = check(line);
    assert.ok(!checked.ok);
    assert.deepEqual([checked.error.code, checked.error.param, checked.error.line], [code, param, 7]);
  }
});

test('a body that nests a hundred thousand levels deep is refused and harms nobody', () => {
  const depth = 100_000;
  const body = `{"model":"m","input":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const checked = check(`{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":${body}}`);
  assert.ok(!checked.ok);
});

test('members of ours and names that stand twice are refused in a line, however they are spelled', () => {
  const lines: readonly (readonly [string, string])[] = [
    ['"kumiki_resume":{"revision":null,"frames":""},"model":"m"', 'unknown_parameter'],
    [String.raw`"model":"m","kumiki\u005fresume":null`, 'unknown_parameter'],
    [String.raw`"model":"m","\u006bumiki_continuation":{"id":"x"}`, 'unknown_parameter'],
    ['"__proto__":{"kumiki_resume":{}},"model":"m"', 'invalid_json_line'],
    [String.raw`"\u005f_proto__":{"n":3},"model":"m"`, 'invalid_json_line'],
    ['"model":"m","model":"other"', 'invalid_json_line'],
    [String.raw`"model":"m","mod\u0065l":"other"`, 'invalid_json_line'],
    ['"model":"m","stream":false,"stream":true', 'invalid_json_line'],
  ];
  for (const [body, code] of lines) {
    const checked = check(`{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{${body}}}`);
    assert.ok(!checked.ok, body);
    assert.equal(checked.error.code, code, body);
  }
});
