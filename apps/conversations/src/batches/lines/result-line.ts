import { createHash } from 'node:crypto';
import type { Outcome } from '../rows/batch.ts';

export interface TokenUsage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** The stored result of a line. */
export interface LineResult {
  readonly line: number;
  /** Whether it belongs in the error file. */
  readonly failed: boolean;
  /** The line of the output or error file, without its line feed. */
  readonly result: string;
  readonly usage: TokenUsage;
}

export interface LineOfBatch {
  readonly batchId: string;
  readonly line: number;
  readonly customId: string;
}

export const noUsage: TokenUsage = { input: 0, cached: 0, output: 0, reasoning: 0 };

/** The result of a line that got a reply, successful or not. */
export function repliedLine(
  of: LineOfBatch,
  reply: { readonly status: number; readonly requestId: string; readonly body: unknown },
  failed: boolean,
): LineResult {
  const response = { status_code: reply.status, request_id: reply.requestId, body: reply.body };
  return {
    line: of.line,
    failed,
    result: JSON.stringify({ id: idOf(of), custom_id: of.customId, response, error: null }),
    usage: failed ? noUsage : usageOf(reply.body),
  };
}

/** The result of a line without a reply that can be stored. */
export function brokenLine(of: LineOfBatch, error: { readonly code: string; readonly message: string }): LineResult {
  const result = JSON.stringify({ id: idOf(of), custom_id: of.customId, response: null, error });
  return { line: of.line, failed: true, result, usage: noUsage };
}

/** The error file's line for a request that was not completed. */
export function unfinishedLine(of: LineOfBatch, outcome: Outcome): string {
  const error =
    outcome === 'expired'
      ? { code: 'batch_expired', message: 'This request could not be run before the completion window was over.' }
      : { code: 'batch_cancelled', message: 'The batch was cancelled before this request was run.' };
  return brokenLine(of, error).result;
}

/** Deterministic for a line, so that a file built twice is identical. */
function idOf({ batchId, line }: LineOfBatch): string {
  return `batch_req_${createHash('sha256').update(`${batchId}:${line}`).digest('hex').slice(0, 32)}`;
}

/** The token usage of an answer, in the format of any of the endpoints. */
function usageOf(body: unknown): TokenUsage {
  const usage = memberOf(body, 'usage');
  const count = (value: unknown, ...names: string[]): number => {
    for (const name of names) {
      const found = memberOf(value, name);
      if (typeof found === 'number' && Number.isSafeInteger(found) && found >= 0) return found;
    }
    return 0;
  };
  const inputDetails = memberOf(usage, 'prompt_tokens_details') ?? memberOf(usage, 'input_tokens_details');
  const outputDetails = memberOf(usage, 'completion_tokens_details') ?? memberOf(usage, 'output_tokens_details');
  return {
    input: count(usage, 'prompt_tokens', 'input_tokens'),
    cached: count(inputDetails, 'cached_tokens'),
    output: count(usage, 'completion_tokens', 'output_tokens'),
    reasoning: count(outputDetails, 'reasoning_tokens'),
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
