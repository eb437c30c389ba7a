import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editBody, type BodyEdits } from './edit-body.ts';
import { scanRequest } from './scan-request.ts';

function edit(text: string, edits: BodyEdits): string {
  const body = Buffer.from(text);
  const result = scanRequest(body);
  assert.ok(result.ok);
  return editBody(body, result.value, edits).toString();
}

test('only what is edited changes, to the byte', () => {
  assert.equal(
    edit('{ "x" : [1 , 2], "model":"a" ,"messages":[ ] }', { model: 'ü"', messages: '[1]', add: [['k', '{"a":1}']] }),
    '{ "x" : [1 , 2], "model":"ü\\"" ,"messages":[1] ,"k":{"a":1}}',
  );
  assert.equal(edit('{}', { add: [['k', '1']] }), '{"k":1}');
  assert.equal(edit(' {"a":1}\n', {}), ' {"a":1}\n');
});

test('usage is asked for, and other stream options are kept', () => {
  assert.equal(edit('{"a":1}', { includeUsage: true }), '{"a":1,"stream_options":{"include_usage":true}}');
  assert.equal(edit('{"stream_options":null}', { includeUsage: true }), '{"stream_options":{"include_usage":true}}');
  assert.equal(
    edit('{"stream_options":{"include_usage":false,"x":2},"b":3}', { includeUsage: true }),
    '{"stream_options":{"include_usage":true,"x":2},"b":3}',
  );
  const asked = '{"stream_options": {"include_usage": true}}';
  assert.equal(edit(asked, { includeUsage: true }), asked);
});

test('an edited body means what the edits say and everything that it meant before', () => {
  const member = fc.tuple(
    fc.constantFrom('model', 'prompt', 'stream_options', 'a', 'b'),
    fc.constantFrom(undefined, 1),
  );
  fc.assert(
    fc.property(fc.uniqueArray(member, { selector: ([name]) => name }), fc.json(), (members, json) => {
      const before: Record<string, unknown> = {};
      for (const [name, indent] of members) {
        const given: Record<string, unknown> = { model: 'm', prompt: ['p'], stream_options: { y: indent ?? null } };
        before[name] = given[name] ?? JSON.parse(json);
      }
      const after = edit(JSON.stringify(before, null, 1), {
        model: 'n',
        prompt: '"q"',
        includeUsage: true,
        add: [['k', json]],
      });
      assert.deepEqual(JSON.parse(after), {
        ...before,
        ...('model' in before ? { model: 'n' } : {}),
        ...('prompt' in before ? { prompt: 'q' } : {}),
        stream_options: { ...(before['stream_options'] as object | undefined), include_usage: true },
        k: JSON.parse(json) as unknown,
      });
    }),
    { numRuns: 2_000 },
  );
});
