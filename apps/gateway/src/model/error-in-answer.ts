import { parseUpstreamError, type UpstreamErrorBody } from '@kumiki/openai';
import { classifyStreamError } from '@kumiki/policy';
import { failed, type Outcome } from './outcome.ts';

/** Every error that this file finds has these bytes. Quotes inside a text are escaped, so texts rarely do. */
export const errorKey = Buffer.from('"error"');

interface Answer {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly error?: unknown;
    readonly finish_reason?: unknown;
    readonly native_finish_reason?: unknown;
  }[];
}

/**
 * The outcome of an answer that reports an error with status 200, in an event or as a whole reply; null for one that does not.
 * Servers put it alone or beside their choices. OpenRouter also puts it into a choice, or only ends the choice with
 * `finish_reason: "error"`.
 */
export function errorInAnswer(json: string): Outcome | null {
  const error = find(json);
  if (error === null) return null;
  return classifyStreamError(error.type) === 'refused'
    ? { kind: 'refused', status: 400, error }
    : failed('server_error', error.message);
}

function find(json: string): UpstreamErrorBody | null {
  let answer: Answer | null;
  try {
    answer = JSON.parse(json) as Answer | null;
  } catch {
    return json.startsWith('{"error"') ? readError(json) : null;
  }
  if (typeof answer?.error === 'object' && answer.error !== null) return readError(json);
  if (!Array.isArray(answer?.choices)) return null;
  for (const choice of answer.choices as NonNullable<Answer['choices']>) {
    if (typeof choice?.error === 'object' && choice.error !== null)
      return readError(JSON.stringify({ error: choice.error }));
    if (choice?.finish_reason === 'error') {
      const { native_finish_reason: reason } = choice;
      const words = typeof reason === 'string' ? ` (${reason.slice(0, maxReasonCharacters)})` : '';
      return { message: `it ended its answer with an error${words}`, type: null, code: null, param: null };
    }
  }
  return null;
}

/** Characters of a vendor's own reason that are kept. */
const maxReasonCharacters = 64;

/** Without a message of its own it is described as a failure with status 500. */
function readError(json: string): UpstreamErrorBody {
  return parseUpstreamError(500, Buffer.from(json));
}
