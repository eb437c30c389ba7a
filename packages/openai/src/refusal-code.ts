import type { ErrorCode } from '@kumiki/api';
import type { UpstreamErrorBody } from './error-envelope.ts';

/** How servers say that a prompt is too long, where their code does not say it. */
const tooLong = [
  // vLLM, and OpenAI in its older messages.
  /maximum context length/i,
  // llama-server: for prompts and for inputs of embeddings.
  /exceeds the available context size|is too large to process/,
];

/** The code that clients get for a server's refusal: the server's own, or a row of the table of errors that it means. */
export function refusalCode(status: number, { code, type, message, param }: UpstreamErrorBody): string {
  if (code !== null) return code;
  const found: ErrorCode =
    type === 'exceed_context_size_error' || tooLong.some((pattern) => pattern.test(message))
      ? 'context_length_exceeded'
      : status === 404 && param === 'model'
        ? 'model_not_found'
        : 'invalid_value';
  return found;
}
