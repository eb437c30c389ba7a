import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pause } from '@kumiki/testing';
import type { HostileProduct } from '../hostile/hostile-product.ts';
import { startFlood } from './start-flood.ts';

const sampleMs = 250;
/** Limit of opening all connections. */
const openLimitMs = 120_000;
const mib = 1_048_576;

export interface FloodOptions {
  readonly connections: number;
  /** How long the flood lasts after all connections are open. */
  readonly lastsMs: number;
}

export interface FloodReport {
  readonly beforeBytes: number;
  readonly mostBytes: number;
  /** Connections that the flood opened, including replacements of closed ones. */
  readonly opened: number;
  readonly mostOpen: number;
  /** Requests of a client with a key during the flood, the slowest of them, and the slowest before it. */
  readonly asked: number;
  readonly aloneMs: number;
  /** CPU time of the gateway during the flood, and its duration. */
  readonly cpuMs: number;
  readonly tookMs: number;
  readonly slowestMs: number;
  readonly complaints: readonly string[];
}

/** Opens hostile connections of every kind without a key, beside a client with a key. */
export async function besideFlood(
  product: HostileProduct,
  { connections, lastsMs }: FloodOptions,
): Promise<FloodReport> {
  const asset = await largestAsset(product.origin);
  const client = createClient(product);
  // Warm up, so that effects of the first requests are not attributed to the flood.
  for (let count = 0; count < 20; count++) await client.ask();
  const aloneMs = client.slowestMs();
  const beforeBytes = product.rssBytes();
  const begun = { cpuMs: cpuMsOf(product.pid), at: performance.now() };
  let mostBytes = beforeBytes;
  let mostOpen = 0;
  let opened = 0;
  {
    await using flood = startFlood(product.port, connections, asset);
    let until = performance.now() + openLimitMs;
    while (performance.now() < until) {
      await client.ask();
      mostBytes = Math.max(mostBytes, product.rssBytes());
      const count = flood.count();
      if (count.opened >= connections && opened < connections) until = performance.now() + lastsMs;
      mostOpen = Math.max(mostOpen, count.open);
      ({ opened } = count);
      await pause(sampleMs);
    }
  }
  await client.ask();
  const death = await product.firstDeath();
  const complaints = [...client.complaints, ...(death === null ? [] : [`${death} has ended`])];
  const slowestMs = client.slowestMs();
  const cpuMs = cpuMsOf(product.pid) - begun.cpuMs;
  const tookMs = performance.now() - begun.at;
  return {
    beforeBytes,
    mostBytes,
    opened,
    mostOpen,
    asked: client.asked(),
    aloneMs,
    slowestMs,
    cpuMs,
    tookMs,
    complaints,
  };
}

export function describeFlood(report: FloodReport): string {
  const grown = Math.round((report.mostBytes - report.beforeBytes) / mib);
  return (
    `${report.opened} connections opened, at most ${report.mostOpen} at once as their clients saw it; memory ` +
    `${Math.round(report.beforeBytes / mib)} MiB before and at most ${grown} MiB more; ${report.asked} requests beside ` +
    `them, the slowest ${Math.round(report.slowestMs)} ms (${Math.round(report.aloneMs)} ms before); ` +
    `${Math.round(report.cpuMs)} ms of CPU in ${Math.round(report.tookMs)} ms`
  );
}

/** The largest public file. */
async function largestAsset(origin: string): Promise<string> {
  const page = await (await fetch(`${origin}/`, { headers: { accept: 'text/html' } })).text();
  return /src="(\/[^"]+\.js)"/.exec(page)?.[1] ?? '/';
}

/** A client with a key that alternately requests the models and an answer, each on a new connection. */
function createClient(product: HostileProduct) {
  const complaints: string[] = [];
  let asked = 0;
  let slowestMs = 0;
  const headers = { authorization: `Bearer ${product.adminKey}`, 'content-type': 'application/json' };
  const chat = { model: 'shop', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 4 };
  return {
    complaints,
    asked: () => asked,
    slowestMs: () => slowestMs,
    async ask() {
      const begun = performance.now();
      const isChat = asked++ % 2 === 1;
      const path = isChat ? '/v1/chat/completions' : '/v1/models';
      try {
        const { status, body } = await send(product.origin + path, headers, isChat ? JSON.stringify(chat) : null);
        if (status !== 200) complaints.push(`${path}: ${status} ${body.slice(0, 200)}`);
      } catch (error) {
        complaints.push(`${path}: ${String(error)}`);
      }
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    },
  };
}

/** Milliseconds of a kernel tick, the unit of CPU times in /proc. */
const tickMs = 10;

function cpuMsOf(pid: number): number {
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * tickMs;
}

/** One request on a new connection, without a timeout. */
function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, method: body === null ? 'GET' : 'POST', headers }, (reply) => {
      text(reply).then((body) => resolve({ status: reply.statusCode, body }), reject);
    });
    outgoing.on('error', reject).end(body ?? undefined);
  });
}
