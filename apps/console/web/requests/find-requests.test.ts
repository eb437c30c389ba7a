import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../operate/testing/records.ts';
import { areaOf, choicesOf, filterRequests, type RequestFilter, sortRequests } from './find-requests.ts';

const all: RequestFilter = { text: '', model: '', outcome: '', path: '', minMs: 0 };
const requests = [
  request({ id: 'c', started_at: 30, ended_at: 40, model: 'b', path: '/v1/vector_stores/vs_1/search' }),
  request({ id: 'b', started_at: 20, ended_at: 220, outcome: 'failed', status: 503, replica: 'chat-x.3' }),
  request({ id: 'a', started_at: 10, ended_at: 20, continuations: 1, trace_id: 'ABC' }),
];
const ids = (found: readonly { readonly id: string }[]): string => found.map(({ id }) => id).join('');
const find = (filter: Partial<RequestFilter>): string => ids(filterRequests(requests, { ...all, ...filter }, 1_000));

test('requests are found by model, outcome, area, duration and any id', () => {
  assert.equal(find({}), 'cba');
  assert.equal(find({ model: 'b' }), 'c');
  assert.equal(find({ outcome: 'failed' }), 'b');
  assert.equal(find({ path: '/v1/vector_stores' }), 'c');
  assert.equal(find({ path: '/v1/vector' }), '');
  assert.equal(find({ minMs: 100 }), 'b');
  assert.equal(find({ text: 'abc' }), 'a');
  assert.equal(find({ text: 'chat-x' }), 'b');
  assert.equal(find({ text: 'nothing' }), '');
});

test('what was refused for what the client sent is no failure', () => {
  const refused = request({ id: 'r', outcome: 'failed', status: 404 });
  assert.equal(ids(filterRequests([refused], { ...all, outcome: 'refused' }, 0)), 'r');
  assert.equal(ids(filterRequests([refused], { ...all, outcome: 'failed' }, 0)), '');
});

test('an open request is as long as it has lasted', () => {
  const open = request({ started_at: 0, ended_at: null, outcome: 'open' });
  assert.equal(filterRequests([open], { ...all, minMs: 500 }, 1_000).length, 1);
});

test('problems come first: failed, then continued, then the rest as they are sorted', () => {
  const order = { key: 'time', ascending: false, problemsFirst: true } as const;
  assert.equal(ids(sortRequests(requests, order, 0)), 'bac');
});

test('what has no value is last in both directions', () => {
  const some = [request({ id: 'n' }), request({ id: 's', first_token_at: 5 }), request({ id: 'l', first_token_at: 9 })];
  const by = (ascending: boolean) => sortRequests(some, { key: 'ttft', ascending, problemsFirst: false }, 0);
  assert.equal(ids(by(true)), 'sln');
  assert.equal(ids(by(false)), 'lsn');
});

test('choices are what there is, and an area has no ids', () => {
  assert.deepEqual(
    choicesOf(requests, ({ model }) => model),
    ['b', 'chat-model'],
  );
  assert.equal(areaOf('/v1/vector_stores/vs_1/search'), '/v1/vector_stores');
  assert.equal(areaOf('/v1/chat/completions'), '/v1/chat/completions');
  assert.equal(areaOf('/v1/kumiki/chats/chat_1'), '/v1/kumiki/chats');
});
