/**
 * Sends small requests to the product continuously and measures their times, in a separate process that the hostile
 * client does not slow down. Started with a job by IPC; each message `mark` is answered with the worst time since the
 * previous one.
 */
import { Agent, request } from 'node:http';

export interface ProbeJob {
  readonly port: number;
  readonly probes: readonly ProbeTarget[];
}

export interface ProbeTarget {
  readonly name: string;
  /** Port, when it is not the product's. */
  readonly port?: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly apiKey: string;
  /** JSON of a streamed request, whose longest pause between pieces is measured; null measures the whole reply. */
  readonly streamBody: string | null;
}

export interface ProbeReport {
  readonly worst: readonly { readonly name: string; readonly worstMs: number }[];
  /** The first few unsuccessful replies and broken connections. */
  readonly failures: readonly string[];
}

/** Pause between two requests of a probe. */
const pauseMs = 10;
/** Timeout of a reply. */
const replyLimitMs = 120_000;
const failureLimit = 20;

const agent = new Agent({ keepAlive: true });
const worst = new Map<string, number>();
/** When each probe's open request was sent or last received data. */
const openSince = new Map<string, number>();
let failures: string[] = [];

process.on('message', (message: ProbeJob | 'mark') => {
  if (message !== 'mark') {
    for (const target of message.probes) void probe(target.port ?? message.port, target);
    return;
  }
  const now = performance.now();
  // Open requests count with their time so far.
  for (const [name, since] of openSince) note(name, now - since);
  const report: ProbeReport = { worst: [...worst].map(([name, worstMs]) => ({ name, worstMs })), failures };
  process.send?.(report);
  worst.clear();
  failures = [];
  for (const name of openSince.keys()) openSince.set(name, now);
});
process.on('disconnect', () => process.exit(0));

async function probe(port: number, target: ProbeTarget): Promise<never> {
  for (;;) {
    openSince.set(target.name, performance.now());
    const failure = await ask(port, target);
    openSince.delete(target.name);
    if (failure !== null && failures.length < failureLimit) failures.push(`${target.name}: ${failure}`);
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}

/** @returns why it failed; null on success. */
function ask(port: number, { name, method, path, apiKey, streamBody }: ProbeTarget): Promise<string | null> {
  const headers: Record<string, string | number> = { authorization: `Bearer ${apiKey}` };
  if (streamBody !== null) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(streamBody);
  }
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, method, path, agent, headers, timeout: replyLimitMs });
    const heard = (): void => {
      const now = performance.now();
      note(name, now - (openSince.get(name) ?? now));
      openSince.set(name, now);
    };
    asked.on('timeout', () => asked.destroy(new Error(`no reply within ${replyLimitMs} ms`)));
    asked.on('error', (error) => resolve(error.message));
    asked.on('response', (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (piece: string) => {
        if (streamBody !== null) heard();
        text = (text + piece).slice(-512);
      });
      reply.on('error', (error) => resolve(error.message));
      reply.on('end', () => {
        heard();
        const whole = streamBody === null || reply.statusCode !== 200 || text.includes('data: [DONE]');
        if (reply.statusCode === 200 && whole) resolve(null);
        else resolve(`${reply.statusCode} ${text.slice(0, 300)}`);
      });
    });
    asked.end(streamBody ?? undefined);
  });
}

function note(name: string, ms: number): void {
  worst.set(name, Math.max(worst.get(name) ?? 0, ms));
}
