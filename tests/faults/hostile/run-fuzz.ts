import { Agent } from 'node:http';
import { type FuzzReply, judgeReply } from './judge-reply.ts';
import { damage } from './mutate-body.ts';
import { type MutatedRequest, type MutationSource, mutateRequest } from './mutate-request.ts';
import { bytesOf, sendBytes } from './send-bytes.ts';
import { sendRaw } from './send-raw.ts';

export interface FuzzOptions extends MutationSource {
  readonly port: number;
  /** Keys that the requests use in turn. */
  readonly apiKeys: readonly string[];
  readonly requests: number;
  readonly concurrency: number;
  /** Texts of another project that no reply may contain. */
  readonly secrets: readonly string[];
  /** Called with the text of each successful reply. */
  readonly learn: (text: string) => void;
  /** Called at intervals; returns what has died, or null. */
  readonly firstDeath: () => Promise<string | null>;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzReport {
  readonly requests: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly complaints: readonly string[];
}

const complaintLimit = 50;
/** Requests between two checks for dead processes. */
const lookEvery = 2_000;
/** Share of requests whose bytes are damaged on the wire, framing included. */
const wireShare = 0.02;

/** Sends mutated requests until that many were answered, or until there are enough complaints. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const byStatus = new Map<number, number>();
  const complaints: string[] = [];
  let sent = 0;
  let death: string | null = null;

  const loop = async (): Promise<void> => {
    while (sent < options.requests && complaints.length < complaintLimit && death === null) {
      const number = sent++;
      const mutated = mutateRequest(options);
      const key = options.apiKeys[number % options.apiKeys.length] ?? '';
      const request = { ...mutated, headers: { authorization: `Bearer ${key}`, ...mutated.headers } };
      const overWire = options.random() < wireShare;
      const replies = overWire ? await sendDamaged(options, request) : [await sendWhole(options, request, agent)];
      for (const reply of replies) {
        byStatus.set(reply.status, (byStatus.get(reply.status) ?? 0) + 1);
        const complaint = judgeReply(options.secrets, reply);
        if (complaint !== null) complaints.push(`${complaint}: ${show(request)} → ${reply.text.slice(0, 400)}`);
        if (reply.status >= 200 && reply.status < 300 && !overWire) options.learn(reply.text);
      }
      if (number % lookEvery === 0) {
        death ??= await options.firstDeath();
        options.onProgress?.(number);
      }
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, loop));
  agent.destroy();
  death ??= await options.firstDeath();
  if (death !== null) complaints.push(`${death} has ended`);
  return { requests: sent, byStatus, complaints };
}

async function sendWhole({ port }: FuzzOptions, request: MutatedRequest, agent: Agent): Promise<FuzzReply> {
  const { status, text, failure } = await sendRaw({ port, ...request, agent });
  return { status, text, failure, hasBody: request.method !== 'HEAD' };
}

/** Replies are judged only by their status codes, since their boundaries are unknown for damaged requests. */
async function sendDamaged({ port, random }: FuzzOptions, request: MutatedRequest): Promise<FuzzReply[]> {
  const { statuses, text, failure } = await sendBytes(port, damage(bytesOf(request), random));
  const [status = 0] = statuses;
  return [{ status, text, failure, hasBody: statuses.length === 1 && text.includes('{') }];
}

function show({ method, path, headers, body }: MutatedRequest): string {
  const shown = { ...headers, authorization: 'Bearer …' };
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(shown).slice(0, 300)} ${body?.toString('latin1').slice(0, 900) ?? ''}`;
}
