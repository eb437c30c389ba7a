import { errorTable } from '@kumiki/api';

/** The reply to a fuzzed request. */
export interface FuzzReply {
  /** 0 without a reply. */
  readonly status: number;
  /** The beginning of its body. */
  readonly text: string;
  /** Whether it should have a body; a reply to HEAD has none. */
  readonly hasBody: boolean;
  /** Why there is no complete reply. */
  readonly failure: string | null;
}

/** Refusals of 500 and above that are not faults: not implemented, and no capacity. */
const explained: ReadonlySet<string> = new Set([
  'unsupported_transfer_coding',
  'overloaded',
  'no_replica_available',
  'service_unavailable',
]);

/** @returns what is wrong with it; null when nothing is. @param secrets texts of another project. */
export function judgeReply(secrets: readonly string[], { status, text, hasBody, failure }: FuzzReply): string | null {
  const told = secrets.find((secret) => text.includes(secret));
  if (told !== undefined) return `tells '${told}' of another project`;
  if (status === 0) return failure === null || failure.startsWith('not sent') ? null : failure;
  if (status < 400 || !hasBody) return status < 500 || status === 501 || status === 503 ? null : `status ${status}`;
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? '';
  if (!Object.hasOwn(errorTable, code)) return `status ${status} without a code of the table`;
  if (status >= 500 && !explained.has(code)) return `status ${status}, ${code}`;
  return null;
}
