import { formatTimings, headers } from '@kumiki/api';
import { type EmbeddingDraft, inputParam } from '../embedding/draft-embedding.ts';
import type { Engine } from '../engine/engine.ts';
import { checkContext } from '../generation/context-limit.ts';
import type { AnswerMeter } from '../generation/run-answers.ts';
import { replyJson } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { prepareBody } from './prepare-body.ts';
import type { Serving } from './serving.ts';
import { takeTickets, waitForTurn } from './take-tickets.ts';

/** `POST /v1/embeddings`. */
export async function answerEmbeddings(serving: Serving, exchange: Exchange): Promise<void> {
  const draft = await prepareBody(serving, exchange, 'embedding');
  const inputs = await serving.inSlices(tokenizeInputs(draft, serving.engine), exchange.signal);
  const meter = serving.metrics.meter(exchange.arrivedAt);
  const vectors = await embedAll(serving, exchange, inputs, meter);
  const tokens = inputs.reduce((sum, input) => sum + input.length, 0);
  serving.metrics.embedded(tokens);
  const timings = { [headers.timings]: formatTimings(meter.timings()) };
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  const body = await serving.inSlices(
    writeList(vectors, draft.asBase64, { model: serving.facts.modelName, usage }),
    exchange.signal,
  );
  replyJson(exchange.response, 200, body, timings);
}

/** The list as JSON, one vector per step: thousands of wide vectors take longer than other requests may wait. */
function* writeList(
  vectors: readonly Float32Array[],
  asBase64: boolean,
  rest: Readonly<Record<string, unknown>>,
): Generator<void, string, void> {
  const data: string[] = [];
  for (const [index, vector] of vectors.entries()) {
    const embedding = asBase64 ? base64(vector) : Array.from(vector);
    data.push(JSON.stringify({ object: 'embedding', index, embedding }));
    yield;
  }
  return `{"object":"list","data":[${data.join(',')}],${JSON.stringify(rest).slice(1)}`;
}

/** One input after the other, so that a request of many inputs holds one place. */
async function embedAll(
  serving: Serving,
  exchange: Exchange,
  inputs: readonly (readonly number[])[],
  meter: AnswerMeter,
): Promise<Float32Array[]> {
  const [ticket] = takeTickets(serving, exchange, 1);
  let done = false;
  try {
    await waitForTurn(ticket, exchange.signal);
    meter.started(0);
    const vectors: Float32Array[] = [];
    for (const input of inputs) {
      exchange.signal.throwIfAborted();
      vectors.push(await serving.engine.embed(input, exchange.signal));
    }
    done = true;
    return vectors;
  } finally {
    meter.finished(0, done ? 'stop' : exchange.signal.aborted ? 'abort' : 'error', 0);
    ticket?.release();
  }
}

function* tokenizeInputs({ inputs }: EmbeddingDraft, engine: Engine): Generator<void, (readonly number[])[], void> {
  const all: (readonly number[])[] = [];
  for (const [index, entry] of inputs.entries()) {
    const tokens =
      typeof entry === 'string' ? yield* engine.tokenizePieces([{ text: entry, plain: true }], false) : entry;
    checkContext(tokens.length, 0, engine.model.contextTokens, inputParam(index));
    all.push(tokens);
    yield;
  }
  return all;
}

/** Little-endian float32, as the SDKs decode it. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (let place = 0; place < vector.length; place++) bytes.writeFloatLE(vector[place] ?? 0, place * 4);
  return bytes.toString('base64');
}
