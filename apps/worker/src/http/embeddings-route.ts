import { embeddingRequestSchema, formatTimings, headers, KumikiError, type EmbeddingRequest } from '@kumiki/api';
import { checkBody } from '@kumiki/service';
import type { Engine } from '../engine/engine.ts';
import { checkContext, checkTextLength } from '../generation/context-limit.ts';
import type { AnswerMeter } from '../generation/run-answers.ts';
import type { Serving } from '../serving.ts';
import { checkModel } from './check-model.ts';
import { replyJson } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { readJson } from './read-json.ts';
import { takeTickets, waitForTurn } from './take-tickets.ts';

/** `POST /v1/embeddings`. */
export async function answerEmbeddings(serving: Serving, exchange: Exchange): Promise<void> {
  const body = checkBody(embeddingRequestSchema, await readJson(exchange.request), {});
  checkModel(serving, body.model, 'embedding');
  checkDimensions(body, serving.engine);
  const inputs = tokenizeInputs(body, serving.engine);
  const meter = serving.metrics.meter(exchange.arrivedAt);
  const vectors = await embedAll(serving, exchange, inputs, meter);
  const tokens = inputs.reduce((sum, input) => sum + input.length, 0);
  serving.metrics.embedded(tokens);
  const asBase64 = body.encoding_format === 'base64';
  const timings = { [headers.timings]: formatTimings(meter.timings()) };
  const answer = {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: asBase64 ? base64(vector) : Array.from(vector),
    })),
    model: serving.modelName,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
  replyJson(exchange.response, 200, answer, timings);
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

/** Vectors cannot be shortened unless the model was trained for it, and none here says so. */
function checkDimensions(body: EmbeddingRequest, engine: Engine): void {
  const own = engine.model.embeddingDimensions;
  if (body.dimensions === null || body.dimensions === undefined || body.dimensions === own) return;
  const reason = `the vectors of this model have ${own} dimensions and cannot be shortened`;
  throw new KumikiError('unsupported_parameter', { param: 'dimensions', reason });
}

function tokenizeInputs(body: EmbeddingRequest, engine: Engine): number[][] {
  const { input } = body;
  const list: readonly (string | number[])[] =
    typeof input === 'string' ? [input] : typeof input[0] === 'number' ? [input as number[]] : (input as string[]);
  const { contextTokens } = engine.model;
  return list.map((entry, index) => {
    const param = `input[${index}]`;
    if (typeof entry === 'string') checkTextLength(entry.length, contextTokens, param);
    const tokens = typeof entry === 'string' ? engine.tokenize(entry, false) : entry;
    checkContext(tokens.length, 0, contextTokens, param);
    return tokens;
  });
}

/** Little-endian float32, as the SDKs decode it. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (let place = 0; place < vector.length; place++) bytes.writeFloatLE(vector[place] ?? 0, place * 4);
  return bytes.toString('base64');
}
