import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RecordedAnswer, RecordedServer } from './record-streams/recorded.ts';
import { recordedRequests, type RecordedRequest } from './record-streams/requests.ts';
import { writeRows } from './record-streams/rows.ts';

/**
 * Records what a real server answers, byte for byte, as fixtures of the gateway's tests:
 *
 *     node scripts/record-streams.ts --url http://127.0.0.1:8000 --model NAME --server vllm --version 0.32.0
 *
 * `--only chat,refused` records some of the requests. `--kill PID` kills that process once an answer has begun, which records
 * what a client of the server gets then.
 */

const folder = new URL('../apps/gateway/src/testing/recorded/', import.meta.url).pathname;

/** How long a server may take for one answer. */
const limitMs = 120_000;

/** Events of an answer after which `--kill` ends the server. */
const eventsBeforeKill = 3;

interface Settings {
  readonly url: string;
  readonly model: string;
  readonly kill: number | null;
}

async function record(settings: Settings, { path, body, kills, sentBytes }: RecordedRequest) {
  const request = { ...body, model: body['model'] ?? settings.model };
  const response = await fetch(settings.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request).slice(0, sentBytes),
    signal: AbortSignal.timeout(limitMs),
  });
  const chunks: Uint8Array[] = [];
  let events = 0;
  let broken = false;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      events += Buffer.from(chunk).toString('latin1').split('\n\n').length - 1;
      if (kills === true && settings.kill !== null && events >= eventsBeforeKill)
        process.kill(settings.kill, 'SIGKILL');
    }
  } catch {
    broken = true;
  }
  const contentType = response.headers.get('content-type') ?? '';
  return { bytes: Buffer.concat(chunks), request, status: response.status, contentType, broken };
}

/** Characters of a text in a request that are kept. */
const keptCharacters = 200;

/** The request with what is long in it cut short: it is kept for people. */
function shortened(request: RecordedAnswer['request']): RecordedAnswer['request'] {
  return JSON.parse(JSON.stringify(request), (_, value: unknown) =>
    typeof value === 'string' && value.length > keptCharacters
      ? `${value.slice(0, keptCharacters)}… (${value.length} characters)`
      : value,
  ) as RecordedAnswer['request'];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      model: { type: 'string' },
      server: { type: 'string' },
      version: { type: 'string' },
      only: { type: 'string' },
      kill: { type: 'string' },
    },
  });
  const { url, model, server, version, only, kill } = values;
  if (url === undefined || model === undefined || server === undefined || version === undefined) {
    throw new Error('--url, --model, --server and --version are needed.');
  }
  const settings: Settings = { url, model, kill: kill === undefined ? null : Number(kill) };
  const names = only?.split(',') ?? recordedRequests.filter(({ byName }) => byName !== true).map(({ name }) => name);
  const place = join(folder, server);
  await mkdir(place, { recursive: true });
  const list = join(place, 'answers.json');
  const before = await readFile(list, 'utf8').then(
    (text) => JSON.parse(text) as RecordedServer,
    () => null,
  );
  const kept = (before?.answers ?? []).filter(({ name }) => !names.includes(name));
  const answers: RecordedAnswer[] = [...kept];
  for (const planned of recordedRequests.filter(({ name }) => names.includes(name))) {
    const { bytes, ...answer } = await record(settings, planned);
    const { name, path } = planned;
    const file = `${name}.${answer.contentType.startsWith('text/event-stream') ? 'sse' : 'reply'}`;
    await writeFile(join(place, file), bytes);
    answers.push({ name, file, path, ...answer, request: shortened(answer.request) });
    process.stdout.write(`${name}: ${answer.status}, ${bytes.length} bytes${answer.broken ? ', broken off' : ''}\n`);
  }
  const date = new Date().toISOString().slice(0, 10);
  const order = answers.toSorted((a, b) => a.name.localeCompare(b.name));
  const recorded: RecordedServer = { server, version, date, answers: order };
  await writeFile(list, `${JSON.stringify(recorded, null, 2)}\n`);
  await writeRows(folder);
}

await main();
