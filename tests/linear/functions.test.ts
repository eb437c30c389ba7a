import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifests } from '@kumiki/manifest';
import { createFrameSplitter, createSseParser } from '@kumiki/openai';
import { readJson } from '@kumiki/service';
import { runUnits } from '@kumiki/testing';
import { scanRequest } from '../../apps/gateway/src/body/scan-request.ts';
import { chunkDocument } from '../../apps/search/src/chunk/chunk-document.ts';
import { termsOf } from '../../apps/search/src/lexical/terms.ts';
import { parseBytes } from '../../apps/search/src/parse/parse-bytes.ts';
import { createJsonEnd } from '../../apps/worker/src/answer/json-end.ts';
import { createStopMatcher } from '../../apps/worker/src/answer/stop-matcher.ts';
import { createToolCallParser, openTag } from '../../apps/worker/src/answer/tool-call-parser.ts';
import { type Growth, whyNotLinear } from './measure-growth.ts';

/**
 * Splitters, parsers and scanners of untrusted text: each takes linear time, whatever the text. A new one belongs on
 * this list.
 */

const usual: Growth = { sizes: [500, 4_000, 16_000, 64_000], floorMs: 50 };
/** For functions with much work per character; quadratic work takes a second at this size. */
const thorough: Growth = { sizes: [200, 800, 3_200, 12_800], floorMs: 40 };
/** Characters of a piece, for functions that are fed like streams. */
const pieceCharacters = 7;

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += pieceCharacters) yield text.slice(at, at + pieceCharacters);
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const sizes = { maxTokens: 800, overlapTokens: 400 };

interface Linear {
  readonly name: string;
  readonly work: (text: string) => unknown;
  readonly growth?: Growth;
}

const chunked = (['text', 'code', 'table', 'heading'] as const).map((kind) => ({
  name: `chunkDocument of ${kind}`,
  work: (text: string) => chunkDocument([{ kind, text, level: 1, page: null }], sizes),
  growth: thorough,
}));

const parsed = ['a.txt', 'a.md', 'a.html', 'a.csv', 'a.json', 'a.jsonl', 'a.py', 'a'].map((filename) => ({
  name: `parseBytes of ${filename}`,
  work: (text: string) => parseBytes(bytes(text), filename),
  growth: thorough,
}));

const linear: readonly Linear[] = [
  ...chunked,
  ...parsed,
  { name: 'termsOf', work: termsOf },
  { name: 'readJson', work: (text) => orRefusal(() => readJson(Buffer.from(text), 200_000)) },
  { name: 'readJson of a string', work: (text) => orRefusal(() => readJson(Buffer.from(`{"a":"${text}`), 200_000)) },
  { name: 'scanRequest', work: (text) => scanRequest(Buffer.from(`{"model":"a","messages":[${text}`)) },
  { name: 'readManifests', work: (text) => readManifests([{ file: '-', text }]), growth: thorough },
  { name: 'the SSE parser, whole', work: (text) => createSseParser().push(bytes(`data: ${text}`)) },
  { name: 'the SSE parser, in pieces', work: (text) => feed(createSseParser(), text) },
  { name: 'the frame splitter, in pieces', work: (text) => feed(createFrameSplitter(), text) },
  {
    name: 'the stop matcher, in pieces',
    work(text) {
      const matcher = createStopMatcher(['....!', 'aaaab', '\n\n\n\nx', text.slice(0, 40)]);
      for (const piece of piecesOf(text)) matcher.push(piece);
    },
  },
  {
    name: 'the end of JSON, in pieces',
    work(text) {
      const end = createJsonEnd();
      for (const piece of piecesOf(`{"a":"${text}`)) end.push(piece);
    },
  },
  ...['', openTag, `${openTag}{"name":"f","arguments":{"a":"`, `${openTag}{"name":"f","arguments":{}`].map(
    (before): Linear => ({
      name: `the parser of tool calls behind '${before}', in pieces`,
      work(text) {
        const parser = createToolCallParser({ names: new Set(['f']), maxCalls: 8 });
        for (const piece of piecesOf(before + text)) parser.push(piece, []);
        parser.end([]);
      },
    }),
  ),
];

function feed(parser: { push(chunk: Uint8Array): unknown }, text: string): void {
  for (const piece of piecesOf(text)) parser.push(bytes(piece));
}

function orRefusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

for (const { name, work, growth = usual } of linear) {
  test(`${name} takes linear time over runs of every class of characters`, async () => {
    const slow: string[] = [];
    for (const unit of runUnits) {
      const input = (size: number): string => unit.repeat(Math.ceil(size / unit.length));
      const why = await whyNotLinear(growth, input, work);
      if (why !== null) slow.push(`over ${JSON.stringify(unit)}: ${why}`);
    }
    assert.deepEqual(slow, []);
  });
}
