import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createKubeClient } from '../client/kube-client.ts';
import { plainAccess } from '../testing/model-server.ts';
import { type EventSubject, createEventRecorder } from './event-recorder.ts';
import { createEventRoom } from './event-room.ts';

interface Written {
  readonly method: string;
  readonly body: {
    readonly note?: string;
    readonly metadata?: { readonly namespace: string };
    readonly series?: { readonly count: number };
  };
}

let written: Written[] = [];
let forgotten = false;
const server = createServer((request, reply) => {
  let text = '';
  request.on('data', (bytes) => (text += String(bytes)));
  request.on('end', () => {
    written.push({ method: request.method ?? '', body: JSON.parse(text) as Written['body'] });
    const gone = forgotten && request.method === 'PATCH';
    reply.writeHead(gone ? 404 : 200).end('{"metadata":{"name":"x"}}');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const access = plainAccess((server.address() as AddressInfo).port);
const client = createKubeClient({ access, fieldManager: 'test' });
after(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

const subject: EventSubject = { apiVersion: 'v1', kind: 'Pod', name: 'p', namespace: 'n', uid: 'u' };
const event = { type: 'Normal', reason: 'Scaled', action: 'Scaling', note: 'to 2' } as const;

test('an event is one Event, its repetitions are a count, and after its end in the server it begins again', async () => {
  written = [];
  let now = 1_000_000;
  const recorder = createEventRecorder({ client, controller: 'c', instance: 'i', wallMs: () => now });
  for (let round = 0; round < 5; round += 1) recorder.record(subject, event);
  recorder.record(subject, { ...event, note: 'to 3' });
  await recorder.flush();
  await recorder.flush();
  const told = (): unknown[] => written.map(({ method, body }) => [method, body.note ?? body.series?.count]);
  assert.deepEqual(
    told().toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    [
      ['PATCH', 5],
      ['POST', 'to 2'],
      ['POST', 'to 3'],
    ],
  );
  forgotten = true;
  recorder.record(subject, event);
  await recorder.flush();
  assert.deepEqual(told().slice(-2), [
    ['PATCH', 6],
    ['POST', 'to 2'],
  ]);
  forgotten = false;
  now += 3_600_000;
  recorder.record(subject, event);
  await recorder.stop();
  assert.deepEqual(told().at(-1), ['POST', 'to 2']);
  assert.equal(recorder.dropped(), 0);
});

test('a note is cut to the bytes that an Event takes; an object without a namespace has its events in default', async () => {
  written = [];
  const recorder = createEventRecorder({ client, controller: 'c', instance: 'i' });
  for (let shift = 0; shift < 3; shift += 1)
    recorder.record({ ...subject, namespace: '' }, { ...event, note: 'x'.repeat(shift) + '組'.repeat(500) });
  await recorder.stop();
  assert.equal(written.length, 3);
  for (const { body } of written) {
    assert.ok(Buffer.byteLength(body.note ?? '') <= 1_024 && /^x{0,2}組+…$/.test(body.note ?? ''));
    assert.equal(body.metadata?.namespace, 'default');
  }
});

test('an object whose note always changes has room for some Events, and for one more from time to time', () => {
  let now = 0;
  const room = createEventRoom(() => now);
  const taken = (uid: string): number => Array.from({ length: 100 }, () => room.take(uid)).filter(Boolean).length;
  assert.deepEqual([taken('a'), taken('b')], [25, 25]);
  now += 600_000;
  assert.equal(taken('a'), 2);
});
