import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BackendRoute } from '@kumiki/api';

/** A search result as the API shows it. */
export interface CannedResult {
  readonly file_id: string;
  readonly filename: string;
  readonly score: number;
  readonly text: string;
}

export interface CannedSearch extends AsyncDisposable {
  readonly route: BackendRoute;
  /** The bodies of the searches so far, with their projects. */
  readonly asked: {
    readonly path: string;
    readonly project: string;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
}

/** Vector stores whose searches always return the same, for tests of how results are used. */
export async function startCannedSearch(results: readonly CannedResult[]): Promise<CannedSearch> {
  const asked: CannedSearch['asked'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      asked.push({ path: request.url ?? '', project: String(request.headers['x-kumiki-project']), body });
      const data = results.map(({ text, ...result }) => ({
        ...result,
        attributes: { kind: 'test' },
        content: [{ type: 'text', text }],
      }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          object: 'vector_store.search_results.page',
          search_query: [body['query']],
          data,
          has_more: false,
          next_page: null,
        }),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    route: { prefix: '/v1/vector_stores', urls: [url], authorization: null, role: 'inference' },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
