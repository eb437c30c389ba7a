import { randomBytes } from 'node:crypto';
import { type BackendRoute, prefixesOf, servicePaths } from '@kumiki/api';
import { type Conversations, startConversations } from '@kumiki/conversations';
import { type Database, openDatabase } from '@kumiki/postgres';
import { createGatewayClient, createLog } from '@kumiki/service';
import type { Product } from '../product/product.ts';

export interface ConversationsService extends AsyncDisposable {
  readonly database: Database;
  /** The running replicas, in start order. */
  readonly replicas: readonly Conversations[];
  /** Starts another replica that is not in the routes yet. Closed with all the others. */
  startReplica(replica: string, database: Database): Promise<Conversations>;
  /** Routes the requests of clients to these replicas, and to these other services. */
  route(replicas: readonly Conversations[], others?: readonly BackendRoute[]): void;
}

/**
 * Responses and conversations behind a product's gateway, with one replica.
 * @param kept an existing database that is not closed; an embedded one in memory when absent.
 */
export async function startConversationsService(product: Product, kept?: Database): Promise<ConversationsService> {
  const token = randomBytes(16).toString('hex');
  const key = product.addKey({ roles: ['service'], paths: servicePaths.conversations });
  const gateway = createGatewayClient({ url: `http://127.0.0.1:${product.port}`, key: () => key });
  const database = kept ?? openDatabase({ folder: null });
  const started: Conversations[] = [];
  const service: ConversationsService = {
    database,
    replicas: started,
    async startReplica(replica, replicaDatabase) {
      const conversations = await startConversations({
        database: replicaDatabase,
        gateway,
        token,
        host: '127.0.0.1',
        port: 0,
        log: createLog({ service: 'conversations', level: 'warn' }),
        replica,
      });
      started.push(conversations);
      return conversations;
    },
    route(replicas, others = []) {
      const urls = replicas.map(({ port }) => `http://127.0.0.1:${port}`);
      const authorization = `Bearer ${token}`;
      const own = replicas.length === 0 ? [] : prefixesOf('conversations');
      product.setBackends([...own.map((prefix) => ({ ...prefix, urls, authorization })), ...others]);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((replica) => replica.close()));
      gateway.close();
      if (kept === undefined) await database.close();
    },
  };
  service.route([await service.startReplica('first', database)]);
  return service;
}
