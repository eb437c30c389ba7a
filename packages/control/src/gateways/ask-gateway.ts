import type { z } from 'zod';

/** Where one gateway's observations can be read. */
export interface GatewayPlace {
  /** Its name in lists of missing answers. */
  readonly name: string;
  /** Origin of the listener for observations. */
  readonly url: string;
  readonly token: string;
}

/** A gateway that takes longer counts as missing. */
const askLimitMs = 2_000;
/** Longest answer: enough for all records that a gateway remembers. */
const maxAnswerBytes = 33_554_432;

export type GatewayAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** Asks a gateway once. Never rejects. */
export async function askGateway<Schema extends z.ZodType>(
  { url, token }: GatewayPlace,
  path: string,
  schema: Schema,
): Promise<GatewayAnswer<z.infer<Schema>>> {
  try {
    const signal = AbortSignal.timeout(askLimitMs);
    const reply = await fetch(`${url}${path}`, { signal, headers: { authorization: `Bearer ${token}` } });
    const text = await readText(reply);
    if (reply.status !== 200) return { ok: false, reason: `it answers with status ${reply.status}` };
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? { ok: true, value: read.data } : { ok: false, reason: 'its answer is not understood' };
  } catch (error) {
    const timedOut = (error as Error).name === 'TimeoutError';
    return { ok: false, reason: timedOut ? `it did not answer within ${askLimitMs} ms` : 'it cannot be reached' };
  }
}

async function readText(reply: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
