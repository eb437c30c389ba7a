import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { Registry } from 'prom-client';

export interface OpsListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Registry;
  /** null when the process makes progress, otherwise the reason why not. */
  readonly alive: () => string | null;
  /** null when the process should get traffic, otherwise the reason why not. */
  readonly ready: () => string | null;
}

export interface OpsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/livez`, `/readyz` and `/metrics` on a separate port that clients of the API cannot reach. */
export async function startOpsListener(options: OpsListenerOptions): Promise<OpsListener> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    (request, response) => {
      request.resume();
      if (request.url === '/livez') return answerCheck(response, options.alive());
      if (request.url === '/readyz') return answerCheck(response, options.ready());
      if (request.url === '/metrics') return void answerMetrics(response, options.metrics);
      response.writeHead(404).end();
    },
  );
  server.maxConnections = 64;
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closeServer(server),
  };
}

function answerCheck(response: ServerResponse, reason: string | null): void {
  response.writeHead(reason === null ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(reason ?? 'ok');
}

async function answerMetrics(response: ServerResponse, metrics: Registry): Promise<void> {
  try {
    const text = await metrics.metrics();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  } catch {
    response.writeHead(500).end();
  }
}

/** Default number of connections that wait in the kernel to be accepted. */
const defaultBacklog = 511;

/** Listens, or rejects with the reason (port in use, address not available). */
export function listen(server: NetServer, port: number, host: string, backlog = defaultBacklog): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Stops listening and ends every connection that is open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
