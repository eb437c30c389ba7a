import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import { createSseParser, sseEvents, type SseEvent } from './sse-parser.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The standard's algorithm, step by step, on the whole stream at once. */
function reference(stream: Uint8Array): { events: SseEvent[]; retryMs: number | null } {
  let text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(stream);
  if (text.startsWith('\uFEFF')) text = text.slice(1);
  const lines: string[] = [];
  let current = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character !== '\r' && character !== '\n') {
      current += character;
      continue;
    }
    if (character === '\r' && text[at + 1] === '\n') at++;
    lines.push(current);
    current = '';
  }
  const events: SseEvent[] = [];
  let retryMs: number | null = null;
  let data = '';
  let type = '';
  let lastEventId = '';
  for (const line of lines) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.slice(0, -1), lastEventId });
      data = '';
      type = '';
      continue;
    }
    if (line.startsWith(':')) continue;
    const [, name, value] = /^([^:]*)(?:: ?)?(.*)$/s.exec(line) ?? [];
    if (name === 'event') type = value ?? '';
    if (name === 'data') data += `${value}\n`;
    if (name === 'id' && !value?.includes('\0')) lastEventId = value ?? '';
    if (name === 'retry' && value !== '' && /^[0-9]+$/.test(value ?? '')) {
      retryMs = Number(value);
    }
  }
  return { events, retryMs };
}

const piece = fc.constantFrom(
  '\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', 'data', 'data:', 'data: ', 'data:  x', 'event: e', 'event', 'id: 7',
  'id:a\0b', 'id', 'retry: 10', 'retry: 1x', 'retry', ':', ': c', ' ', 'ü€😀', '\uFEFF', '\u2028', 'x: y', 'Data: x', ' data: x', '\0',
); // prettier-ignore
const stream = fc.oneof(
  { weight: 5, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => bytes(pieces.join(''))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 24 }) },
);

test('events are those of the standard, however the stream is cut, even inside a character', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(64), { maxLength: 6 }), (whole, at) => {
      const cuts = at.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
      const parser = createSseParser();
      const events: SseEvent[] = [];
      let start = 0;
      for (const cut of [...cuts, whole.length]) {
        const given = parser.push(whole.subarray(start, cut));
        assert.ok(given !== 'event_too_large');
        events.push(...given);
        start = cut;
      }
      assert.deepEqual({ events, retryMs: parser.retryMs() }, reference(whole));
    }),
    { numRuns: 100_000 },
  );
});

test('an event that the stream does not end is not given', () => {
  assert.deepEqual(createSseParser().push(bytes('data: a\n\ndata: b\n')), [
    { type: 'message', data: 'a', lastEventId: '' },
  ]);
});

test('an event over the limit is an error value, as one line or as many', () => {
  assert.equal(createSseParser(10).push(bytes(`data: ${'x'.repeat(20)}`)), 'event_too_large');
  assert.equal(createSseParser(10).push(bytes('data: xxx\n'.repeat(5))), 'event_too_large');
  assert.notEqual(createSseParser(10).push(bytes('data: xxx\n\n'.repeat(5))), 'event_too_large');
  assert.notEqual(createSseParser(10).push(bytes(': xxx\n'.repeat(50))), 'event_too_large');
});

test('the events of a byte stream are iterated as they come', async () => {
  async function* chunks() {
    yield bytes('event: a\ndata: 1\n');
    yield bytes('\ndata: 2\n\n');
  }
  const seen: string[] = [];
  for await (const event of sseEvents(chunks())) seen.push(`${event.type} ${event.data}`);
  assert.deepEqual(seen, ['a 1', 'message 2']);
});

test('an event stream that never ends a line is refused', async () => {
  async function* chunks() {
    const piece = new Uint8Array(4_194_304).fill(120);
    for (let count = 0; count < 5; count++) yield piece;
  }
  await assert.rejects(
    async () => {
      for await (const event of sseEvents(chunks())) assert.fail(event.data);
    },
    (thrown) => thrown instanceof KumikiError && thrown.code === 'upstream_error',
  );
});
