import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatMetadataKey as contractKey, createResponseSchema } from '@kumiki/api';
import {
  type Ask,
  buildRequest,
  chatMetadataKey,
  inputAgain,
  inputText,
  readAttachments,
  userMessage,
} from './build-request.ts';

const ask: Ask = {
  chatId: 'chat_1',
  model: 'demo-chat',
  settings: {
    instructions: 'Be short.',
    temperature: 0.2,
    top_p: null,
    max_output_tokens: 50,
    vector_store_ids: ['vs_1'],
  },
  input: [userMessage('Hello')],
  previousId: 'resp_0',
  attachments: ['a.pdf', 'b.md'],
};

test('a turn is what the API takes, in the background and in its chat', () => {
  const body = createResponseSchema.parse(buildRequest(ask));
  assert.equal(chatMetadataKey, contractKey);
  assert.equal(body.background, true);
  assert.equal(body.metadata?.[contractKey], 'chat_1');
  assert.deepEqual(body.include, ['file_search_call.results']);
});

test('what is not set is not sent', () => {
  const body = buildRequest({ ...ask, settings: {}, previousId: null, attachments: [] });
  for (const name of ['tools', 'include', 'temperature', 'top_p', 'instructions', 'previous_response_id']) {
    assert.ok(!(name in body), name);
  }
});

test('names of attached files come back, as many as the metadata holds', () => {
  const metadata = buildRequest(ask)['metadata'] as Record<string, string>;
  assert.deepEqual(readAttachments(metadata), ['a.pdf', 'b.md']);
  const many = Array.from({ length: 60 }, (_, index) => `a-rather-long-file-name-${index}.pdf`);
  createResponseSchema.parse(buildRequest({ ...ask, attachments: many }));
  assert.deepEqual(readAttachments({ kumiki_attachments: 'nonsense' }), []);
});

test('stored input is sent again as new messages', () => {
  const items = [
    { id: 'msg_1', type: 'message', status: 'completed', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
  ];
  assert.deepEqual(inputAgain(items), [userMessage('Hi')]);
  assert.equal(inputText(items), 'Hi');
});
