import assert from 'node:assert/strict';
import { KumikiError } from '@kumiki/api';
import { readManifests } from '@kumiki/manifest';
import { createFrameSplitter, createSseParser, dataOf } from '@kumiki/openai';
import { scanRequest } from '../../apps/gateway/src/body/scan-request.ts';
import { ResponseParser } from '../../apps/gateway/src/upstream/response-parser.ts';
import { parseBytes } from '../../apps/search/src/parse/parse-bytes.ts';
import { parseFilter } from '../../apps/search/src/retrieval/parse-filter.ts';
import type { FuzzTarget } from './target.ts';

/** The targets, each with the invariants that hold for every input. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: 'sse',
    words: [
      'data: ',
      '\n\n',
      '\r\n',
      '\r',
      ': comment\n',
      'event: a\n',
      'id: 1\n',
      '[DONE]',
      '{"a":1}',
      '\ufeff',
      '漢',
    ],
    check(input) {
      const whole = JSON.stringify(createSseParser().push(new Uint8Array(input)));
      const split = JSON.stringify(dataOfAll(createFrameSplitter().push(new Uint8Array(input))));
      const parser = createSseParser();
      const splitter = createFrameSplitter();
      const events: unknown[] = [];
      const frames: unknown[] = [];
      for (const byte of input) {
        events.push(...listOf(parser.push(Uint8Array.of(byte))));
        frames.push(...listOf(dataOfAll(splitter.push(Uint8Array.of(byte)))));
      }
      if (whole.startsWith('[')) assert.equal(JSON.stringify(events), whole);
      if (split.startsWith('[')) assert.equal(JSON.stringify(frames), split);
    },
  },
  {
    name: 'body',
    words: [
      '{',
      '}',
      '[',
      ']',
      '"model":"a"',
      '"stream":true',
      '\\u006d',
      '"messages":[',
      '"role":"user"',
      ',',
      ':',
      '\\"',
      '1e9',
    ],
    check(input) {
      const scanned = scanRequest(input, 1_000);
      const value = parsed(input);
      if (scanned.ok && value !== undefined) {
        assert.equal(scanned.value.model, value['model'] ?? null);
        assert.equal(scanned.value.stream, value['stream'] ?? false);
      }
    },
  },
  {
    name: 'response',
    words: [
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 100 Continue\r\n\r\n',
      'content-length: 3\r\n',
      'transfer-encoding: chunked\r\n',
      '\r\n',
      '0\r\n\r\n',
      '3\r\nabc\r\n',
      ';a=b',
      '-1',
      'connection: close\r\n',
    ],
    check(input) {
      const whole = readReply([input]);
      const pieces = readReply(Array.from({ length: input.length }, (_, at) => input.subarray(at, at + 1)));
      assert.equal(pieces.status, whole.status);
      // Bytes after a reply are detected only if they arrive with it.
      if (whole.outcome === 'done' || whole.outcome === 'more') assert.equal(pieces.outcome, whole.outcome);
      if (whole.outcome === pieces.outcome) assert.equal(pieces.body, whole.body);
    },
  },
  {
    name: 'manifest',
    words: [
      'apiVersion: kumiki.dev/v1alpha1\n',
      'kind: ModelService\n',
      '---\n',
      'metadata:\n  name: a\n',
      'spec:\n',
      '  ',
      ': ',
      '- ',
      '&a ',
      '*a',
      '<<: ',
      '!!js ',
      '{',
      '"',
      '|\n',
      '\t',
    ],
    check(input) {
      const text = input.toString();
      try {
        assert.equal(typeof readManifests([{ file: '-', text }]), 'object');
      } catch (error) {
        if (!(error instanceof KumikiError)) throw error;
      }
    },
  },
  {
    name: 'filter',
    words: [
      '{"type":"eq","key":"a","value":"b"}',
      '{"type":"and","filters":[',
      ']}',
      '"in"',
      '"nin"',
      '"value":[1,"a"]',
      'null',
      ',',
      '1e999',
    ],
    check(input) {
      const value = parsed(input);
      try {
        if (value !== undefined) parseFilter(value);
      } catch (error) {
        if (!(error instanceof KumikiError)) throw error;
        assert.equal(error.status, 400);
      }
    },
  },
  {
    name: 'markdown',
    words: [
      '# ',
      '\n\n',
      '```',
      '| a | b |\n|---|---|\n',
      '> ',
      '- ',
      '1. ',
      '[a](b)',
      '![',
      '<b>',
      '&amp;',
      '**',
      '\\',
      '---\n',
      '漢字。',
    ],
    check(input) {
      const result = parseBytes(new Uint8Array(input), 'a.md');
      assert.equal(typeof result, 'object');
    },
  },
];

/** Whether a frame ends before or after the LF of a CRLF depends on the cut; its data does not. */
function dataOfAll(frames: 'frame_too_large' | readonly Uint8Array[]): unknown {
  return frames === 'frame_too_large' ? frames : frames.map((frame) => dataOf(frame));
}

function listOf(result: unknown): readonly unknown[] {
  return Array.isArray(result) ? result : [];
}

function parsed(input: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(input.toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readReply(pieces: readonly Buffer[]): {
  readonly status: number;
  readonly body: string;
  readonly outcome: string;
} {
  let status = 0;
  const data: Buffer[] = [];
  const parser = new ResponseParser('GET', {
    onHead: (head) => (status = head.status),
    onData: (chunk) => data.push(chunk),
  });
  let outcome = 'more';
  for (const piece of pieces) {
    const read = parser.read(Buffer.from(piece));
    outcome = typeof read === 'string' ? read : 'refused';
    if (outcome !== 'more') break;
  }
  return { status, body: Buffer.concat(data).toString('latin1'), outcome };
}
