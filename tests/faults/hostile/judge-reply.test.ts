import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeReply } from './judge-reply.ts';

const envelope = (code: string): string => JSON.stringify({ error: { message: 'm', type: 't', param: null, code } });
const judge = (status: number, text: string, failure: string | null = null): string | null =>
  judgeReply(['hidden'], { status, text, hasBody: true, failure });

test('a reply is complained of when it tells, breaks, fails, or refuses outside the table', () => {
  assert.match(judge(200, 'a hidden word') ?? '', /another project/);
  assert.match(judge(500, envelope('internal_error')) ?? '', /500/);
  assert.match(judge(504, envelope('upstream_timeout')) ?? '', /504/);
  assert.match(judge(414, '{"code":"FST_ERR_MAX_PARAM_LENGTH"}') ?? '', /414 without a code/);
  assert.match(judge(0, '', 'socket hang up') ?? '', /hang up/);
  assert.equal(judge(200, 'a word'), null);
  assert.equal(judge(404, envelope('not_found')), null);
  assert.equal(judge(503, envelope('overloaded')), null);
});
