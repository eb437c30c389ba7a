import { errorTable } from '@kumiki/api';

/** What a fuzzed request was answered. */
export interface FuzzReply {
  /** 0 where no reply came. */
  readonly status: number;
  /** Its beginning. */
  readonly text: string;
  /** Whether a body belongs to it: none does to HEAD. */
  readonly hasBody: boolean;
  /** Why there is no reply, or no whole one. */
  readonly failure: string | null;
}

/** Refusals of 500 and more that are no fault: not implemented, and no room, each of which says what would pass. */
const explained: ReadonlySet<string> = new Set([
  'unsupported_transfer_coding',
  'overloaded',
  'no_replica_available',
  'service_unavailable',
]);

/** @returns what is wrong with it; null where nothing is. @param secrets texts of another project. */
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
