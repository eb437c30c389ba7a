/** The load generator, in a separate process. Takes jobs from its parent by IPC and answers each with a result. */
import type { Socket } from 'node:net';
import { type BenchClient, type Timing, connectSocket, openBenchClient } from './bench-client.ts';
import type { LoadJob, LoadResult } from './load-job.ts';

/** Sockets that are kept open by `hold` until `release`. */
let held: Socket[] = [];

process.on('message', (job: LoadJob) => {
  perform(job).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : 'The job failed.' }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: 0 });

async function perform(job: LoadJob): Promise<LoadResult> {
  if (job.kind === 'closed-loop') return summarise(await closedLoop(job));
  if (job.kind === 'hold') await hold(job);
  else release();
  return { exchanges: 0, firstMsP50: 0, totalMsP50: 0, totalMsMax: 0 };
}

/** Each connection sends its next request when the last reply has ended. */
async function closedLoop(job: LoadJob & { kind: 'closed-loop' }): Promise<Timing[]> {
  const request = Buffer.from(job.request, 'base64');
  const timings: Timing[] = [];
  let left = job.exchanges;
  const clients = await Promise.all(Array.from({ length: job.connections }, () => openBenchClient(job.port)));
  const drive = async (client: BenchClient): Promise<void> => {
    while (left > 0) {
      left -= 1;
      timings.push(await client.exchange(request, job.streamed));
    }
  };
  await Promise.all(clients.map(drive)).finally(() => {
    for (const client of clients) client.close();
  });
  return timings;
}

/** Opens streams and holds them, with or without reading. Resolves when all have started. */
async function hold(job: LoadJob & { kind: 'hold' }): Promise<void> {
  const request = Buffer.from(job.request, 'base64');
  for (let opened = 0; opened < job.connections; opened += job.batch) {
    const count = Math.min(job.batch, job.connections - opened);
    await Promise.all(Array.from({ length: count }, () => holdOne(job.port, request, job.reads)));
  }
}

async function holdOne(port: number, request: Buffer, reads: boolean): Promise<void> {
  const socket = await connectSocket(port);
  held.push(socket);
  socket.on('error', () => socket.destroy());
  if (!reads) {
    socket.pause();
    socket.write(request);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    socket.once('data', (data: Buffer) => {
      if (data.toString('latin1').startsWith('HTTP/1.1 200 ')) resolve();
      else reject(new Error(`Not a 200: ${data.toString('latin1', 0, 200)}`));
    });
    socket.once('close', () => reject(new Error('The connection closed before the stream began.')));
    socket.write(request);
  });
  socket.resume();
}

function release(): void {
  for (const socket of held) socket.destroy();
  held = [];
}

function summarise(timings: readonly Timing[]): LoadResult {
  return {
    exchanges: timings.length,
    firstMsP50: median(timings.map(({ firstMs }) => firstMs)),
    totalMsP50: median(timings.map(({ totalMs }) => totalMs)),
    totalMsMax: Math.max(...timings.map(({ totalMs }) => totalMs)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
