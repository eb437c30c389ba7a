import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CreateResponse, createResponseSchema } from '@kumiki/api';
import type { ChatChunk } from '@kumiki/openai';
import { runUnits } from '@kumiki/testing';
import { AnswerMachine } from '../../apps/conversations/src/answer/answer-machine.ts';
import { openResponse } from '../../apps/conversations/src/answer/response-object.ts';
import { checkLine } from '../../apps/conversations/src/batches/input/check-line.ts';
import { readLines } from '../../apps/conversations/src/batches/input/read-lines.ts';
import { foldTitle } from '../../apps/conversations/src/chats/fold-title.ts';
import { titleOfInput } from '../../apps/conversations/src/chats/title-of-input.ts';
import { buildChat } from '../../apps/conversations/src/prompt/build-chat.ts';
import { buildMessages } from '../../apps/conversations/src/prompt/build-messages.ts';
import { dropOldest } from '../../apps/conversations/src/prompt/drop-oldest.ts';
import { normalizeInput } from '../../apps/conversations/src/prompt/normalize-input.ts';
import { withPassages } from '../../apps/conversations/src/prompt/number-passages.ts';
import { responseIn, typeOf } from '../../apps/conversations/src/runs/read-log.ts';
import { rebuildMachine } from '../../apps/conversations/src/runs/rebuild.ts';
import { type Growth, whyNotLinear } from './measure-growth.ts';

/** Conversations process texts and lists of clients and models in linear time. */

const usual: Growth = { sizes: [500, 4_000, 16_000, 64_000], floorMs: 50 };
/** For input in pieces, each of which is an event; quadratic work takes seconds at this size. */
const pieces: Growth = { sizes: [500, 4_000, 16_000, 64_000], floorMs: 400 };
/** For texts that grow with each piece; copying each time is expensive only for long texts. */
const long: Growth = { ...pieces, sizes: [4_000, 16_000, 64_000, 256_000] };
const pieceCharacters = 3;

const request: CreateResponse = createResponseSchema.parse({ model: 'm', input: 'a', include: null });
const response = openResponse('resp_1', request, 1_760_000_000);
/** For functions with much work per piece: marks of citations, and one of each kind of character. */
const fewUnits = ['a', '[', '[1', '[1]', '1]', '\n', '"', '\\', '漢', '👨‍👩‍👧‍👦', ' '];
const passages = [{ fileId: 'file-1', filename: 'a.txt' }];

function chunk(delta: Record<string, unknown>): ChatChunk {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: null }];
  return { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
}

/** A machine after a search, so that its text is scanned for citations. */
function newMachine(): AnswerMachine {
  const machine = new AnswerMachine({ response, includeLogprobs: true, includeResults: false });
  machine.open();
  machine.start();
  machine.searchBegins();
  machine.searchEnds(['q'], [], passages);
  return machine;
}

function answer(deltas: Iterable<Record<string, unknown>>): void {
  const machine = newMachine();
  for (const delta of deltas) machine.feed(chunk(delta));
  machine.complete(1_760_000_001);
  machine.take();
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += pieceCharacters) yield text.slice(at, at + pieceCharacters);
}

/** Pieces that alternate between kinds of text. */
function* byTurns(text: string): Generator<Record<string, unknown>> {
  const kinds = ['content', 'refusal', 'reasoning_content'] as const;
  let index = 0;
  for (const piece of piecesOf(text)) yield { [kinds[index++ % kinds.length] ?? 'content']: piece };
}

async function count(lines: AsyncIterable<unknown>): Promise<number> {
  let found = 0;
  for await (const _ of lines) found++;
  return found;
}

async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  for (const piece of piecesOf(text)) yield Buffer.from(piece);
}

interface Linear {
  readonly name: string;
  readonly work: (text: string) => unknown;
  readonly growth?: Growth;
}

const overText: readonly Linear[] = [
  {
    name: 'a prompt with it in every place',
    work(text) {
      const items = normalizeInput([
        { role: 'user', content: text },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: text },
        { type: 'function_call_output', call_id: 'c', output: text },
        { role: 'user', content: [{ type: 'input_text', text }] },
      ]);
      const messages = withPassages(buildMessages(text, items), [text, text], 0);
      return [JSON.stringify(buildChat(request, messages)), dropOldest(items, 0.5)];
    },
  },
  { name: 'a title', work: (text) => titleOfInput(normalizeInput(text)) },
  { name: 'a title as it is compared', work: foldTitle },
  { name: 'an event of the log', work: (text) => [typeOf(`{"type":"${text}`), responseIn(`{"type":"a",${text}`)] },
  { name: 'a line of a batch', work: (text) => checkLine({ number: 1, bytes: Buffer.from(text) }, '/v1/responses') },
  {
    name: 'a line of a batch, in its body',
    work: (text) => checkLine({ number: 1, bytes: Buffer.from(lineWith(text)) }, '/v1/responses'),
  },
  { name: 'the lines of a file', work: (text) => count(readLines(inPieces(text))), growth: pieces },
  { name: 'an answer in one piece', work: (text) => answer([{ content: text }]) },
  {
    name: 'an answer in pieces',
    work: (text) => answer([...piecesOf(text)].map((content) => ({ content }))),
    growth: long,
  },
  { name: 'an answer whose kind changes with every piece', work: (text) => answer(byTurns(text)), growth: pieces },
  {
    name: 'arguments of a call in pieces',
    work: (text) =>
      answer(
        [...piecesOf(text)].map((piece) => ({ tool_calls: [{ index: 0, function: { name: 'f', arguments: piece } }] })),
      ),
    growth: pieces,
  },
  {
    name: 'an answer that is built again from its frames',
    work: (text) =>
      rebuildMachine(
        { request, response },
        null,
        [...piecesOf(text)].map((content) => `data: ${JSON.stringify(chunk({ content }))}\n\n`).join(''),
      ),
    growth: pieces,
  },
];

function lineWith(text: string): string {
  return JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/responses', body: { model: 'm', input: text } });
}

for (const { name, work, growth = usual } of overText) {
  test(`${name} takes linear time over runs of every class of characters`, async () => {
    const slow: string[] = [];
    for (const unit of growth === usual ? runUnits : fewUnits) {
      const input = (size: number): string => unit.repeat(Math.ceil(size / unit.length));
      const why = await whyNotLinear(growth, input, work);
      if (why !== null) slow.push(`over ${JSON.stringify(unit)}: ${why}`);
    }
    assert.deepEqual(slow, []);
  });
}

const overLists: readonly { readonly name: string; readonly work: (length: number) => unknown }[] = [
  {
    name: 'items of an input',
    work(length) {
      const items = normalizeInput(
        Array.from({ length }, (_, index) =>
          index % 3 === 0
            ? { role: 'user' as const, content: 'a' }
            : { type: 'function_call' as const, call_id: `${index}`, name: 'f', arguments: '{}' },
        ),
      );
      return [buildMessages(null, items), dropOldest(items, 0.01)];
    },
  },
  {
    name: 'tools of which some are allowed',
    work(length) {
      const tools = Array.from({ length }, (_, index) => ({ type: 'function' as const, name: `f${index}` }));
      const choice = { type: 'allowed_tools' as const, mode: 'auto' as const, tools: tools.toReversed() };
      return buildChat(
        { ...request, tools: tools.map((tool) => ({ ...tool, parameters: {} })), tool_choice: choice },
        [],
      );
    },
  },
  {
    name: 'calls in an answer',
    work: (length) =>
      answer(
        Array.from({ length }, (_, index) => ({ tool_calls: [{ index, function: { name: 'f', arguments: '' } }] })),
      ),
  },
  {
    name: 'logprobs of one piece',
    work(length) {
      const content = Array.from({ length }, () => ({ token: 'a', logprob: 0, bytes: null, top_logprobs: [] }));
      const machine = newMachine();
      const one = chunk({ content: 'a' });
      machine.feed({
        ...one,
        choices: one.choices.map((choice) => ({ ...choice, logprobs: { content, refusal: null } })),
      });
      machine.complete(1_760_000_001);
    },
  },
  { name: 'lines of a file', work: (length) => count(readLines(inPieces('\n{}'.repeat(length)))) },
];

for (const { name, work } of overLists) {
  test(`${name} take linear time, however many they are`, async () => {
    assert.equal(await whyNotLinear({ ...pieces, sizes: [1_000, 8_000, 32_000, 128_000] }, (size) => size, work), null);
  });
}
