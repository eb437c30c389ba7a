import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Database, migrate } from '@kumiki/postgres';
import { createServiceApp, type DataServiceParts, drainApp, listenApp, type RunningDataService } from '@kumiki/service';
import { startBatches } from './batches/start-batches.ts';
import { addChatsRoutes } from './chats/chats-routes.ts';
import { addConversationsRoutes } from './conversations/conversations-routes.ts';
import { createMetrics } from './observe/metrics.ts';
import { addResponsesRoutes } from './responses/responses-routes.ts';
import { addRetentionRoutes } from './retention/retention-routes.ts';
import { startSweeper } from './retention/sweep.ts';
import { createHub } from './runs/hub.ts';
import { createRunner } from './runs/runner.ts';
import { addUsageRoutes } from './usage/usage-routes.ts';

/** A request must arrive completely within this time. */
const requestTimeoutMs = 120_000;

/** Default of OpenAI's API. */
const defaultRetentionDays = 30;

export interface ConversationsOptions extends DataServiceParts<Database> {
  /** Name of this replica, for the runs that it drives. */
  readonly replica: string;
  /** Days that responses are kept when their project has no retention setting. */
  readonly retentionDays?: number;
}

export type Conversations = RunningDataService;

/** Starts the service of responses and conversations. Rejects when the database cannot be migrated. */
export async function startConversations(options: ConversationsOptions): Promise<Conversations> {
  const { database, gateway, log } = options;
  // A restarted process gets a new name, so that it can claim the runs that its predecessor left.
  const replica = `${options.replica}-${randomBytes(4).toString('hex')}`;
  await migrate(database, 'conversations', fileURLToPath(new URL('../migrations', import.meta.url)));
  const hub = createHub();
  const runner = createRunner({
    database,
    gateway,
    hub,
    log,
    replica,
  });
  const { app } = await createServiceApp({ owner: 'conversations', token: options.token, log, requestTimeoutMs });
  const retentionDays = options.retentionDays ?? defaultRetentionDays;
  addResponsesRoutes(app, { database, gateway, hub, runner, replica, retentionDays });
  addConversationsRoutes(app, database);
  addChatsRoutes(app, database);
  addUsageRoutes(app, database);
  addRetentionRoutes(app, { database, log, retentionDays });
  const metrics = createMetrics(database, runner);
  const batches = startBatches(app, { database, gateway, log, replica, onRecorded: metrics.recorded });
  const sweeper = startSweeper(database, log);
  const port = await listenApp(app, options.host, options.port);
  return {
    port,
    metrics: metrics.registry,
    async drain(limitMs) {
      await Promise.all([runner.release(), batches.close()]);
      await drainApp(app, limitMs);
    },
    async close() {
      sweeper.stop();
      await Promise.all([runner.close(), batches.close()]);
      await app.close();
    },
  };
}
