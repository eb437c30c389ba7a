import { Agent } from 'node:http';
import { type MutationSource, mutateRequest } from './mutate-request.ts';
import { sendRaw } from './send-raw.ts';

export interface FuzzOptions extends MutationSource {
  readonly port: number;
  /** Keys that the requests come with by turns. */
  readonly apiKeys: readonly string[];
  readonly requests: number;
  readonly concurrency: number;
  /** Texts of another project: none of them may stand in any reply. */
  readonly secrets: readonly string[];
  /** Asked now and then: what has died, or null. */
  readonly firstDeath: () => Promise<string | null>;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzReport {
  readonly requests: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly complaints: readonly string[];
}

const complaintLimit = 50;
/** Between two looks at whether everything still lives. */
const lookEvery = 2_000;
/** Statuses of 500 and more that are no fault: what the request asked for is not implemented, or there is no room. */
const permitted = new Set([501, 503]);

/** Sends mutated requests until so many were answered, or until there is enough to complain about. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const byStatus = new Map<number, number>();
  const complaints: string[] = [];
  let sent = 0;
  let death: string | null = null;

  const loop = async (): Promise<void> => {
    while (sent < options.requests && complaints.length < complaintLimit && death === null) {
      const number = sent++;
      const { method, path, headers, body } = mutateRequest(options);
      const key = options.apiKeys[number % options.apiKeys.length] ?? '';
      const authorized = { authorization: `Bearer ${key}`, ...headers };
      const result = await sendRaw({ port: options.port, method, path, headers: authorized, body, agent });
      byStatus.set(result.status, (byStatus.get(result.status) ?? 0) + 1);
      const complaint = judgeReply(options.secrets, result);
      if (complaint !== null) {
        complaints.push(
          `${complaint}: ${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)} ` +
            `${body?.toString('latin1').slice(0, 600) ?? ''} → ${result.text.slice(0, 300)}`,
        );
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

function judgeReply(
  secrets: readonly string[],
  { status, text, failure }: Awaited<ReturnType<typeof sendRaw>>,
): string | null {
  const told = secrets.find((secret) => text.includes(secret));
  if (told !== undefined) return `tells '${told}' of another project`;
  if (status >= 500 && !permitted.has(status)) return `status ${status}`;
  if (status === 0 && failure !== null && !failure.startsWith('not sent')) return failure;
  return null;
}
