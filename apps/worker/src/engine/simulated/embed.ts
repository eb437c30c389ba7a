import { fraction } from './hash.ts';

export const simulatedDimensions = 64;

/**
 * A vector of length 1 in which every token has its fixed direction, so that texts with common words have similar
 * vectors.
 */
export function embedTokens(tokens: readonly number[]): Float32Array {
  const vector = new Float32Array(simulatedDimensions);
  for (const token of tokens) {
    for (let place = 0; place < vector.length; place++) {
      vector[place] = (vector[place] ?? 0) + fraction(token + 1, place) - 0.5;
    }
  }
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (length === 0) vector[0] = 1;
  else for (let place = 0; place < vector.length; place++) vector[place] = (vector[place] ?? 0) / length;
  return vector;
}
