/**
 * A hostile tenant, in a separate process of low priority, since it should load the product and not the shared machine.
 * Started with a job by IPC; it runs until it is killed, and reports its replies at intervals.
 */
import { connect } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '@kumiki/testing';
import { growFiles, growJson, type Json } from './grow-body.ts';
import { sendRaw } from './send-raw.ts';

export interface WorstJob {
  readonly port: number;
  readonly apiKey: string;
  readonly model: string;
  readonly seed: number;
  /** Sample bodies of routes without ids in their path, by path. */
  readonly samples: readonly (readonly [path: string, sample: Json])[];
  /** Concurrency of the tenant, adapted to the machine. */
  readonly floods: number;
  readonly slowConnections: number;
  readonly backgroundResponses: number;
}

export interface WorstReport {
  /** Number of replies by action and status; 0 is a closed connection. */
  readonly replies: readonly (readonly [what: string, status: number, count: number])[];
}

const lowestPriority = 19;
const reportMs = 500;
const largeBodyBytes = 8_388_608;
const hostileFileBytes = 2_097_152;
/** Pause between two bytes of a slow body. */
const slowMs = 1_000;
const batchLines = 500;
/** Pause between retries of a refused request, shorter than any client that obeys `retry-after`. */
const refusedPauseMs = 20;

const replies = new Map<string, Map<number, number>>();

process.on('message', (job: WorstJob) => {
  setPriority(lowestPriority);
  for (let index = 0; index < job.floods; index++) void flood(job);
  void largeBodies(job);
  void hostileFiles(job);
  void background(job);
  void batches(job);
  for (let index = 0; index < job.slowConnections; index++) void slowBody(job);
  setInterval(report, reportMs);
});
process.on('disconnect', () => process.exit(0));

function report(): void {
  const message: WorstReport = {
    replies: [...replies].flatMap(([what, counts]) =>
      [...counts].map(([status, times]) => [what, status, times] as const),
    ),
  };
  process.send?.(message);
}

function count(what: string, status: number): void {
  const counts = replies.get(what) ?? new Map<number, number>();
  counts.set(status, (counts.get(status) ?? 0) + 1);
  replies.set(what, counts);
}

async function send(job: WorstJob, what: string, path: string, body: Buffer, contentType = 'application/json') {
  const headers = { authorization: `Bearer ${job.apiKey}`, 'content-type': contentType };
  const result = await sendRaw({ port: job.port, method: 'POST', path, headers, body });
  count(what, result.status);
  if (result.status !== 200) await wait(refusedPauseMs);
  return result;
}

function chat({ model }: WorstJob, more: Record<string, Json> = {}): Record<string, Json> {
  return { model, messages: [{ role: 'user', content: 'Go on and on. '.repeat(50) }], max_tokens: 400, ...more };
}

async function flood(job: WorstJob): Promise<never> {
  const body = Buffer.from(JSON.stringify(chat(job, { stream: true })));
  for (;;) await send(job, 'a flood of chats', '/v1/chat/completions', body);
}

async function largeBodies(job: WorstJob): Promise<never> {
  const random = seededRandom(job.seed);
  const all = job.samples.flatMap(([path, sample]) =>
    growJson(sample, largeBodyBytes).map(({ shape, build }) => ({ path, shape, build })),
  );
  for (;;) {
    const body = all[Math.floor(random() * all.length)];
    if (body !== undefined) await send(job, 'large bodies', body.path, body.build());
  }
}

async function hostileFiles(job: WorstJob): Promise<never> {
  for (;;) {
    for (const { build } of growFiles(hostileFileBytes)) {
      const file = await upload(job, 'assistants', build());
      if (file === null) continue;
      const store = Buffer.from(JSON.stringify({ name: 'hostile', file_ids: [file] }));
      await send(job, 'hostile files in stores', '/v1/vector_stores', store);
    }
  }
}

async function background(job: WorstJob): Promise<void> {
  const { model } = job;
  const body = Buffer.from(JSON.stringify({ model, input: 'Go on.', background: true, max_output_tokens: 400 }));
  for (let index = 0; index < job.backgroundResponses; index++) {
    await send(job, 'responses in the background', '/v1/responses', body);
  }
}

async function batches(job: WorstJob): Promise<never> {
  const line = (index: number): string =>
    JSON.stringify({ custom_id: `${index}`, method: 'POST', url: '/v1/chat/completions', body: chat(job) });
  const lines = Buffer.from(Array.from({ length: batchLines }, (_, index) => line(index)).join('\n'));
  for (;;) {
    const file = await upload(job, 'batch', lines);
    const batch = { input_file_id: file ?? 'none', endpoint: '/v1/chat/completions', completion_window: '24h' };
    await send(job, 'batches', '/v1/batches', Buffer.from(JSON.stringify(batch)));
  }
}

/** @returns the file's id; null when it was refused. */
async function upload(job: WorstJob, purpose: string, data: Buffer): Promise<string | null> {
  const boundary = 'kumiki-worst';
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n${purpose}\r\n--${boundary}\r\n` +
    `content-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), data, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const type = `multipart/form-data; boundary=${boundary}`;
  const { status, text } = await send(job, 'uploads', '/v1/files', body, type);
  return status === 200 ? (JSON.parse(text) as { id: string }).id : null;
}

/** A body that is sent byte by byte. */
async function slowBody(job: WorstJob): Promise<never> {
  for (;;) {
    const socket = connect({ port: job.port, host: '127.0.0.1' });
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {});
    socket.write(
      `POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${job.apiKey}\r\n` +
        'content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
    );
    const drip = setInterval(() => socket.writable && socket.write(' '), slowMs);
    await closed;
    clearInterval(drip);
    count('slow bodies', 0);
    await wait(slowMs);
  }
}
