import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startFilesService } from '../product/files-service.ts';
import { demoChat, demoEmbedding, startProduct } from '../product/product.ts';
import { startConversationsService } from './conversations-service.ts';
import { openPythonEnvironment } from './openai-python/python-environment.ts';

/** OpenAI's Python SDK with the product: the program beside this file calls every applicable method. */

const program = join(import.meta.dirname, 'openai-python', 'every_method.py');
const programLimitMs = 240_000;

const environment = openPythonEnvironment();
const skip = environment.kind === 'missing' && environment.reason;

interface CheckLine {
  readonly check: string;
  readonly failure: string | null;
}

test(
  "every method of OpenAI's Python SDK works on what is served here, delete and cancel included",
  { skip },
  async (t) => {
    assert.ok(environment.kind === 'ready');
    await using product = await startProduct([demoChat, demoEmbedding]);
    await using conversations = await startConversationsService(product);
    await using files = await startFilesService(product, conversations.database);
    conversations.route(conversations.replicas, files.routes);
    const child = spawn(environment.python, ['-B', program], {
      env: { PATH: process.env['PATH'], OPENAI_BASE_URL: product.baseUrl, OPENAI_API_KEY: product.apiKey },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: programLimitMs,
    });
    const ended = once(child, 'close');
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) lines.push(line);
    assert.deepEqual(await ended, [0, null]);
    const checks = lines.slice(0, -1).map((line) => JSON.parse(line) as CheckLine);
    assert.ok(checks.length > 10);
    for (const { check, failure } of checks) await t.test(check, () => assert.equal(failure, null, failure ?? ''));
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), { uncalled: [] });
  },
);
