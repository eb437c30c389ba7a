import { randomBytes } from 'node:crypto';
import { type Conversations, startConversations } from '@kumiki/conversations';
import { type Database, openDatabase } from '@kumiki/postgres';
import { createGatewayClient, createLog } from '@kumiki/service';
import type { Product } from './product.ts';

export interface ConversationsService extends AsyncDisposable {
  readonly database: Database;
  readonly service: Conversations;
}

/** Responses and conversations behind a product's gateway, with an embedded database in memory. */
export async function startConversationsService(product: Product): Promise<ConversationsService> {
  const token = randomBytes(16).toString('hex');
  const key = product.addKey({ roles: ['service'] });
  const gateway = createGatewayClient({ url: `http://127.0.0.1:${product.port}`, key: () => key });
  const database = openDatabase({ folder: null });
  const service = await startConversations({
    database,
    gateway,
    token,
    host: '127.0.0.1',
    port: 0,
    log: createLog({ service: 'conversations', level: 'warn' }),
    replica: 'test',
  });
  product.setBackends(
    service.prefixes.map((prefix) => ({
      prefix,
      urls: [`http://127.0.0.1:${service.port}`],
      authorization: `Bearer ${token}`,
      role: 'inference',
    })),
  );
  return {
    database,
    service,
    async [Symbol.asyncDispose]() {
      await service.close();
      gateway.close();
      await database.close();
    },
  };
}
