import { fileURLToPath } from 'node:url';
import { defaultProjectLimits, headers, type ProjectLimits } from '@kumiki/api';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { createLog, type GatewayClient } from '@kumiki/service';
import { type Conversations, startConversations } from '../start-conversations.ts';

const token = 'a token of the gateway';

export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** An in-memory database with the tables of this service. Opening it takes seconds: one for a test file. */
export async function openTestDatabase(): Promise<Database> {
  const database = openDatabase({ folder: null });
  await migrate(database, 'conversations', migrationsFolder);
  return database;
}

export function startTestService(
  database: Database,
  gateway: GatewayClient,
  replica: string = 'test',
): Promise<Conversations> {
  const log = createLog({ service: 'test', level: 'silent' });
  return startConversations({ database, gateway, token, host: '127.0.0.1', port: 0, log, replica });
}

export interface TestCall {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly project?: string;
  readonly limits?: Partial<ProjectLimits>;
}

/** A request as the gateway forwards it. */
export function ask({ port }: Conversations, path: string, call: TestCall = {}): Promise<Response> {
  const { method = call.body === undefined ? 'GET' : 'POST', body, project = 'p1', limits = {} } = call;
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      [headers.key]: `key_of_${project}`,
      [headers.project]: project,
      [headers.projectLimits]: JSON.stringify({ ...defaultProjectLimits, ...limits }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** Waits for a condition. */
export async function untilTrue(what: string, condition: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`after ${limitMs} ms still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
