import { type EmbeddingRequest, KumikiError } from '@kumiki/api';
import { checkModel } from '../generation/check-model.ts';
import { checkContext, checkTextLength } from '../generation/context-limit.ts';
import type { ModelFacts } from '../generation/model-facts.ts';

/** A request for vectors, read and checked, its texts not yet tokenised. It can be copied from one thread to another. */
export interface EmbeddingDraft {
  readonly inputs: readonly (string | readonly number[])[];
  readonly asBase64: boolean;
}

/** Throws KumikiError. */
export function draftEmbedding(body: EmbeddingRequest, facts: ModelFacts): EmbeddingDraft {
  checkModel(facts, body.model, 'embedding');
  checkDimensions(body, facts);
  const { input } = body;
  const inputs: readonly (string | number[])[] =
    typeof input === 'string' ? [input] : typeof input[0] === 'number' ? [input as number[]] : (input as string[]);
  for (const [index, entry] of inputs.entries()) {
    const param = inputParam(index);
    if (typeof entry === 'string') checkTextLength(entry.length, facts, param);
    else checkContext(entry.length, 0, facts.contextTokens, param);
  }
  return { inputs, asBase64: body.encoding_format === 'base64' };
}

export const inputParam = (index: number): string => `input[${index}]`;

/** Vectors can be shortened only if the model was trained for it, which no model here declares. */
function checkDimensions({ dimensions }: EmbeddingRequest, { embeddingDimensions: own }: ModelFacts): void {
  if (dimensions === null || dimensions === undefined || dimensions === own) return;
  const reason = `the vectors of this model have ${own} dimensions and cannot be shortened`;
  throw new KumikiError('unsupported_parameter', { param: 'dimensions', reason });
}
