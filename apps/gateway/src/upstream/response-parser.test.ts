import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ResponseParser } from './response-parser.ts';

interface Seen {
  heads: { status: number; headers: readonly string[] }[];
  body: string;
  outcome: string;
}

/** Feeds the pieces of a reply from one buffer that is overwritten after each, as the connection does. */
function parse(pieces: readonly Buffer[], method = 'GET'): Seen {
  const seen: Seen = { heads: [], body: '', outcome: 'more' };
  const parser = new ResponseParser(method, {
    onHead: ({ status, headers }) => seen.heads.push({ status, headers }),
    onData: (chunk) => {
      kept.push(chunk);
    },
  });
  const kept: Buffer[] = [];
  const shared = Buffer.alloc(1_024);
  for (const piece of pieces) {
    piece.copy(shared);
    const outcome = parser.read(shared.subarray(0, piece.length));
    shared.fill('!');
    seen.outcome = typeof outcome === 'string' ? outcome : 'refused';
    if (outcome !== 'more') break;
  }
  if (seen.outcome === 'more' && parser.finish()) seen.outcome = 'done at close';
  seen.body = Buffer.concat(kept).toString('latin1');
  return seen;
}

function cutUp(reply: string, at: readonly number[]): Buffer[] {
  const whole = Buffer.from(reply, 'latin1');
  const cuts = [...new Set(at.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [...cuts, whole.length].map((cut, index) => whole.subarray(cuts[index - 1] ?? 0, cut));
}

const body = fc.string({ maxLength: 20 }).map((text) => Buffer.from(text).toString('latin1'));
const continues = fc.constantFrom('', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 100 \r\na: b\r\n\r\n');
const cuts = fc.array(fc.nat(300), { maxLength: 8 });
const size = fc.constantFrom(
  (length: number) => length.toString(16),
  (length: number) => `00${length.toString(16).toUpperCase()}`,
  (length: number) => `${length.toString(16)};a="b"`,
);

test('a reply is read alike however it is cut: by length, in chunks, or until the connection ends', () => {
  const reply = fc.oneof(
    body.map((text) => ({ head: `Content-Length: ${text.length}`, wire: text, text, outcome: 'done' })),
    fc.tuple(fc.array(body.filter((text) => text !== ''), { maxLength: 8 }), size).map(([chunks, write]) => ({
      head: 'Transfer-Encoding: chunked',
      wire: `${chunks.map((chunk) => `${write(chunk.length)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`,
      text: chunks.join(''),
      outcome: 'done',
    })),
    body.map((text) => ({ head: 'Connection: close', wire: text, text, outcome: 'done at close' })),
  ); // prettier-ignore
  fc.assert(
    fc.property(continues, reply, cuts, (before, { head, wire, text, outcome }, at) => {
      const [name = '', value = ''] = head.split(': ');
      const seen = parse(cutUp(`${before}HTTP/1.1 200 OK\r\nA-b:  c d \r\n${head}\r\n\r\n${wire}`, at));
      const headers = ['a-b', 'c d', name.toLowerCase(), value];
      assert.deepEqual(seen, { heads: [{ status: 200, headers }], body: text, outcome });
    }),
    { numRuns: 20_000 },
  );
});

test('what follows a whole reply is refused', () => {
  for (const reply of [
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nx',
    'HTTP/1.1 204 No Content\r\n\r\nx',
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 1\r\n\r\nx',
  ]) {
    assert.equal(parse(cutUp(reply, [])).outcome, 'refused', reply);
  }
});

test('replies that have no body are whole with their head', () => {
  assert.equal(parse(cutUp('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n', []), 'HEAD').outcome, 'done');
  assert.equal(parse(cutUp('HTTP/1.1 204 No Content\r\n\r\n', [])).outcome, 'done');
});

test('a malformed reply is refused as soon as it shows, byte by byte too', () => {
  const hostile = [
    'HTTP/2 200\r\n\r\n',
    'SSH-2.0-x',
    'HTTP/1.1 200 OK\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 099 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\n: no name\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: b\r\n\tfolded\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 0x1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 9999999999999999\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(5),
    ...['\r\n', '1 \r\n', '0x1\r\n', '10000000000000\r\n', `1;${'x'.repeat(300)}`, '1\r\nab', '1\r\na\r\n\r\n', '1\r\na\n', '1\ra', '0\r\nx: y', '1;\n'].map(
      (chunk) => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`,
    ),
  ]; // prettier-ignore
  for (const reply of hostile) {
    assert.equal(parse(cutUp(reply, [])).outcome, 'refused', JSON.stringify(reply));
    const bytes = Array.from(reply, (character) => Buffer.from(character, 'latin1'));
    assert.equal(parse(bytes).outcome, 'refused', `${JSON.stringify(reply)} byte by byte`);
  }
});

test('garbage never makes the parser throw', () => {
  const part = fc.constantFrom('HTTP/1.1 200 OK', '\r\n', '\r\n\r\n', 'transfer-encoding: chunked', 'content-length: 3', '5', 'a', ':', '0', ';', '\n', '\0', ' '); // prettier-ignore
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), cuts, (parts, at) => {
      parse(cutUp(`HTTP/1.1 200 OK\r\n${parts.join('')}`, at));
    }),
    { numRuns: 20_000 },
  );
});
