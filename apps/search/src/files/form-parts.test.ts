import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestSearch } from '../testing/test-search.ts';

const lines = [
  '--b',
  'content-disposition: form-data; name="purpose"',
  '',
  'assistants',
  '--b',
  'content-disposition: form-data; name="file"; filename="a.txt"',
  'content-type: text/plain',
  '',
  'A text.',
  '--b--',
  '',
];
const replyLimitMs = 20_000;

/** Forms that lack a line, a line end or everything after one, or have a line twice. */
function damagedForms(): string[] {
  const forms: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const before = lines.slice(0, at);
    const after = lines.slice(at + 1);
    const line = lines[at] ?? '';
    forms.push(
      [...before, ...after].join('\r\n'),
      before.join('\r\n'),
      `${[...before, line].join('\r\n')}${after.join('\r\n')}`,
      [...before, line, line, ...after].join('\r\n'),
      [...before, line.replace('c', ''), ...after].join('\r\n'),
    );
  }
  return forms;
}

test('a form that is damaged anywhere is answered soon after it has come', async () => {
  await using service = await startTestSearch();
  const send = async (body: string): Promise<number> => {
    const headers = {
      authorization: 'Bearer token-of-the-gateway',
      'content-type': 'multipart/form-data; boundary=b',
      'x-kumiki-key': 'key_one',
      'x-kumiki-project': 'one',
    };
    const signal = AbortSignal.timeout(replyLimitMs);
    const url = `http://127.0.0.1:${service.search.port}/v1/files`;
    const reply = await fetch(url, { method: 'POST', headers, body, signal });
    await reply.text();
    return reply.status;
  };
  const left = damagedForms();
  const lane = async (): Promise<void> => {
    for (let form = left.pop(); form !== undefined; form = left.pop()) {
      const status = await send(form);
      assert.ok(status === 200 || status === 400, `${status} to ${JSON.stringify(form)}`);
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  assert.equal(await send(lines.join('\r\n')), 200);
});
