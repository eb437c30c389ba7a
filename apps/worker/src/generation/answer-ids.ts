import { createHash, randomBytes } from 'node:crypto';

export function newCompletionId(prefix: 'chatcmpl' | 'cmpl'): string {
  return `${prefix}-${randomBytes(18).toString('base64url').replaceAll(/[-_]/g, '0')}`;
}

/**
 * The id of a tool call. It is derived from the answer's id and the call's place, so that a worker that continues an
 * answer in the middle of a call has the same id.
 */
export function toolCallId(completionId: string, choice: number, call: number): string {
  const digest = createHash('sha256').update(`${completionId}/${choice}/${call}`).digest('hex');
  return `call_${digest.slice(0, 24)}`;
}

/**
 * The seed of a request without one. It is derived from the answer's id, which is random and is part of a continuation,
 * so a sampled answer also continues as it would have.
 */
export function seedOfId(completionId: string): number {
  return createHash('sha256').update(`${completionId}/seed`).digest().readUInt32LE();
}
