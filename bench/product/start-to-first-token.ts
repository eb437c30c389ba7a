import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cliEntry } from '@kumiki/cli';
import { freePort } from '@kumiki/testing';
import type { Ask } from './day-of-use.ts';

const startLimitMs = 60_000;
const retryMs = 10;

/** A running `kumiki up` whose services have all answered. */
export interface StartedProduct {
  /** From the start of its process to the first token of a stream. */
  readonly seconds: number;
  readonly ask: Ask;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param home the state folder; a used one gives a warm start. */
export async function startToFirstToken(home: string): Promise<StartedProduct> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [cliEntry, 'up', '--port', String(port), '--json'], {
    env: { PATH: process.env['PATH'], HOME: home, KUMIKI_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const ask: Ask = async (path, init = {}) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...(init.json === undefined ? {} : { method: 'POST', body: JSON.stringify(init.json) }),
      ...(init.form === undefined ? {} : { method: 'POST', body: init.form }),
      headers: {
        authorization: `Bearer ${readFileSync(join(home, 'admin.key'), 'utf8').trim()}`,
        ...(init.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
    return text;
  };
  const seconds = await untilToken(ask, startedAt, child);
  // The rest may still be starting.
  await untilAnswered(() => ask('/v1/files'), startedAt);
  await untilAnswered(() => ask('/v1/responses/resp_none/input_items').catch(onlyAbsent), startedAt);
  return {
    seconds,
    ask,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilToken(ask: Ask, startedAt: number, child: ChildProcess): Promise<number> {
  const json = { model: 'demo-chat', stream: true, max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] };
  await untilAnswered(() => {
    if (child.exitCode !== null) throw new Error('kumiki up has ended');
    return ask('/v1/chat/completions', { json });
  }, startedAt);
  return (performance.now() - startedAt) / 1_000;
}

function onlyAbsent(error: Error): void {
  if (!error.message.includes('404')) throw error;
}

async function untilAnswered(work: () => Promise<unknown>, startedAt: number): Promise<void> {
  for (;;) {
    try {
      return void (await work());
    } catch (error) {
      if (performance.now() - startedAt > startLimitMs) throw error;
      await wait(retryMs);
    }
  }
}
