import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '@kumiki/postgres';
import { startPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { until } from '@kumiki/testing';
import OpenAI, { toFile } from 'openai';
import { startFilesService } from '../product/files-service.ts';
import { startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ReplicaProcess, startReplica } from './replica-process.ts';

const lines = 200;
/**
 * The faults, and the number of finished lines at which each occurs. A paused process resumes when another one drives
 * the batch.
 */
const faults = [
  { at: 20, signal: 'SIGSTOP' },
  { at: 50, signal: 'SIGKILL' },
  { at: 80, signal: 'SIGTERM' },
] as const;

test(
  'a batch whose replicas are killed, paused and stopped has each line once, and each file once',
  { skip: whyNoPostgres() ?? false },
  async () => {
    await using postgres = await startTestPostgres();
    const database = openDatabase({ url: postgres.url, applicationName: 'test' });
    await using product = await startProduct([simulatedModel('m', { interTokenLatencyMs: 20 })]);
    await using files = await startFilesService(product, database);
    const token = randomBytes(16).toString('hex');
    const serviceKey = product.addKey({ roles: ['service'] });
    const gatewayUrl = `http://127.0.0.1:${product.port}`;
    const replicas = new Map<string, ReplicaProcess>();
    const route = (): void =>
      product.setBackends([
        ...files.routes,
        {
          prefix: '/v1/batches',
          urls: [...replicas.values()].map(({ url }) => url),
          authorization: `Bearer ${token}`,
          role: 'inference',
        },
      ]);
    const folder = mkdtempSync(join(tmpdir(), 'kumiki-batches-'));
    const start = async (name: string): Promise<void> => {
      const options = { databaseUrl: postgres.url, gatewayUrl, serviceKey, token, folder, name, clockSkewMs: 0 };
      replicas.set(name, await startReplica(options));
      route();
    };
    const leave = (replica: string): void => {
      replicas.delete(replica);
      route();
    };
    try {
      await Promise.all([start('one'), start('two'), start('three')]);
      const client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey });
      const { id } = await createBatch(client);
      const row = async () => {
        const { rows } = await database.query<{ lease_owner: string | null; completed: number; fence: number }>(
          `SELECT regexp_replace(lease_owner, '-[0-9a-f]+$', '') AS lease_owner, completed, fence FROM conversations.batches WHERE id = $1`,
          [id],
        );
        return rows[0] ?? { lease_owner: null, completed: 0, fence: 0 };
      };

      for (const { at, signal } of faults) {
        await until(`${at} lines are done`, 60_000, async () => (await row()).completed >= at);
        // Between two drivers the batch has none for a moment.
        let held = await row();
        await until('a replica that runs drives', 60_000, async () => {
          held = await row();
          return replicas.has(held.lease_owner ?? '');
        });
        const { lease_owner: owner, fence } = held;
        const driver = replicas.get(owner ?? '');
        assert.ok(owner !== null && driver !== undefined);
        driver.signal(signal);
        await until(`another drives after ${signal}`, 60_000, async () => (await row()).fence > fence);
        if (signal === 'SIGSTOP') driver.signal('SIGCONT');
        else {
          await until('the driver is gone', 60_000, () => !driver.running());
          leave(owner);
        }
      }

      await until(
        'the batch has ended',
        120_000,
        async () => (await client.batches.retrieve(id)).status === 'completed',
      );
      const batch = await client.batches.retrieve(id);
      assert.deepEqual(batch.request_counts, { total: lines, completed: lines, failed: 0 });
      assert.equal(batch.error_file_id, null);
      const text = await (await client.files.content(batch.output_file_id ?? '')).text();
      const found = text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { custom_id: string }).custom_id);
      assert.deepEqual(
        found,
        Array.from({ length: lines }, (_, index) => `line-${index}`),
      );
      const outputs: string[] = [];
      for await (const file of client.files.list({ purpose: 'batch_output' })) outputs.push(file.id);
      assert.deepEqual(outputs, [batch.output_file_id]);
      assert.ok((await row()).fence > faults.length);
    } finally {
      await Promise.all([...replicas.values()].map((replica) => replica.kill()));
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

async function createBatch(client: OpenAI): Promise<{ readonly id: string }> {
  const input = Array.from({ length: lines }, (_, index) =>
    JSON.stringify({
      custom_id: `line-${index}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'm', messages: [{ role: 'user', content: `[[length=50]] line ${index}` }] },
    }),
  );
  const file = await client.files.create({ file: await toFile(Buffer.from(input.join('\n'))), purpose: 'batch' });
  return client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
}

async function startTestPostgres() {
  const postgres = await startPostgres();
  return { url: postgres.url, [Symbol.asyncDispose]: () => postgres.stop() };
}
