import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackendRoute, prefixesOf, servicePaths } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { startSearch } from '@kumiki/search';
import { createGatewayClient, createLog } from '@kumiki/service';
import type { Product } from './product.ts';

export interface FilesService extends AsyncDisposable {
  readonly routes: readonly BackendRoute[];
}

/** The service of files and vector stores behind a product's gateway, with objects in a folder. */
export async function startFilesService(product: Product, database: Database): Promise<FilesService> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-files-'));
  const token = randomBytes(16).toString('hex');
  const key = product.addKey({ roles: ['service'], paths: servicePaths.search });
  const gateway = createGatewayClient({ url: `http://127.0.0.1:${product.port}`, key: () => key });
  const log = createLog({ service: 'search', level: 'warn' });
  const options = { database, gateway, token, host: '127.0.0.1', port: 0, log, objectsFolder: folder };
  const search = await startSearch(options);
  return {
    routes: prefixesOf('search').map(({ prefix, role }) => ({
      prefix,
      urls: [`http://127.0.0.1:${search.port}`],
      authorization: `Bearer ${token}`,
      role,
    })),
    async [Symbol.asyncDispose]() {
      await search.close();
      gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
