import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { build } from 'vite';

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The comparison: a page that renders an answer with react-markdown, built like the console, and its server. */
export interface RivalPage extends AsyncDisposable {
  readonly url: string;
}

/** @param stream starts the answer that the page renders, as server-sent events of chat completions. */
export async function startRivalPage(stream: () => Promise<Response>): Promise<RivalPage> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-rival-'));
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'rival'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const server = createServer((request, response) => {
    const path = normalize(request.url ?? '/');
    if (path === '/stream') {
      void stream().then(({ body }) => {
        response.setHeader('content-type', 'text/event-stream');
        if (body === null) response.end();
        else Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]).pipe(response);
      });
      return;
    }
    const file = join(folder, path === '/' ? 'index.html' : path);
    try {
      const bytes = readFileSync(file);
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
