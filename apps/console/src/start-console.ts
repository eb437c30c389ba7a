import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createBearerCheck } from '@kumiki/seal';
import { closeServer, listen, type Log } from '@kumiki/service';
import { answer, refuse } from './answer.ts';
import { type Assets, loadAssets } from './load-assets.ts';

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/** Longer than the gateway keeps an idle connection in use, so that it never sends into one that is being closed. */
const keepAliveTimeoutMs = 75_000;

/** Where scripts/build-console.mjs puts the console. */
const builtFolder = fileURLToPath(new URL('../dist/', import.meta.url));

export interface ConsoleOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The token that the gateway authenticates itself with. */
  readonly token: string;
  readonly log: Log;
  /** Another folder than that of the build. */
  readonly folder?: string;
}

export interface ConsoleServer {
  readonly port: number;
  /** Accepts no more connections and waits up to `limitMs` for open replies. */
  drain(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Serves the built console to the gateway. If it has not been built, requests get an error that says so. */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const folder = options.folder ?? builtFolder;
  // Loaded at the first request, so that the start of the product does not wait for it.
  let assets: Promise<Assets> | null = null;
  const isGateway = createBearerCheck(options.token);
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      noDelay: true,
    },
    (request, response) => {
      request.resume();
      if (!isGateway(request.headers.authorization)) {
        return refuse(response, 'invalid_api_key', { reason: 'this port is for the gateway' });
      }
      assets ??= loadAssets(folder);
      assets.then(
        (loaded) => answer(loaded, request, response),
        (error: unknown) => {
          // Retried at the next request.
          assets = null;
          options.log.error({ err: error }, 'the console cannot be read');
          refuse(response, 'internal_error', {});
        },
      );
    },
  );
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    drain: (limitMs) =>
      new Promise((resolve) => {
        setTimeout(resolve, limitMs).unref();
        server.close(() => resolve());
      }),
    close: () => closeServer(server),
  };
}
