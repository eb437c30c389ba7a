import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDemand } from './choose-demand.ts';

test('every request counts, save those that the console sends by itself and those that end work', () => {
  for (const [method, path, demand] of [
    ['POST', '/v1/chat/completions', 'request_and_place'],
    ['GET', '/v1/models', 'request_and_place'],
    ['GET', '/v1/responses/resp_1', 'request_and_place'],
    ['GET', '/v1/kumiki/replicas/m-1/logs', 'request_and_place'],
    ['DELETE', '/v1/files/file_1', 'request_and_place'],
    ['POST', '/v1/kumiki/keys', 'request_and_place'],
    ['POST', '/v1/responses/resp_1/cancel', 'request'],
    ['POST', '/v1/batches/batch_1/cancel', 'request'],
    ['POST', '/v1/vector_stores/vs_1/file_batches/vsfb_1/cancel', 'request'],
    ['GET', '/v1/responses/cancel', 'request_and_place'],
    ['POST', '/v1/responses/a/b/cancel', 'request_and_place'],
    ['GET', '/v1/kumiki/live', 'nothing'],
    ['GET', '/v1/kumiki/live/', 'request_and_place'],
    ['DELETE', '/v1/kumiki/session', 'nothing'],
    ['GET', '/v1/kumiki/me', 'nothing'],
    ['GET', '/v1/kumiki/me/requests', 'request_and_place'],
  ] as const) {
    assert.equal(chooseDemand(method, path), demand, `${method} ${path}`);
  }
});
