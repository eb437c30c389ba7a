import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { accountsStreamPath, type KeyRecord } from '@kumiki/api';
import { createBearerCheck } from '@kumiki/seal';
import { closeServer, listen, type Log } from '@kumiki/service';
import type { Mirror } from '../database/mirror.ts';
import { accountsLines } from './accounts-lines.ts';

/** Streams of one replica: gateways, with room for those that are being replaced. */
const maxStreams = 512;
/** Open connections; the next one is refused. */
const maxConnections = 1_024;
/** Requests here have no body and fit one packet. */
const headersTimeoutMs = 5_000;
/** A reader that takes nothing for this time is gone. Heartbeats come more often. */
const stallMs = 30_000;
/** Bytes that wait for a slow reader, besides those in its socket. */
const waitingBytes = 131_072;

export interface StreamListenerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The token that readers prove themselves with. */
  readonly token: string;
  readonly mirror: Mirror;
  readonly serviceKeys: readonly KeyRecord[];
  readonly log: Log;
}

export interface StreamListener {
  readonly port: number;
  /** Streams that are open. */
  count(): number;
  /** Ends the streams, so that their readers go to another replica, and takes no more. */
  close(): Promise<void>;
}

/** Listens for gateways, on a port apart from the one that they forward clients to: clients never reach it. */
export async function startStreamListener(options: StreamListenerOptions): Promise<StreamListener> {
  const { host, port, token, log } = options;
  const mayRead = createBearerCheck(token);
  const stopping = new AbortController();
  let streams = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!mayRead(request.headers.authorization)) return void response.writeHead(401).end();
    if (request.url !== accountsStreamPath) return void response.writeHead(404).end();
    if (request.method !== 'GET') return void response.writeHead(405).end();
    if (streams >= maxStreams || stopping.signal.aborted) return void response.writeHead(503).end();
    streams++;
    try {
      await stream(response, options, stopping.signal);
    } catch (error) {
      log.debug({ err: error }, 'a stream of accounts was cut');
    } finally {
      streams--;
      response.destroy();
    }
  };
  const server = createServer({ headersTimeout: headersTimeoutMs, maxHeaderSize: 8_192 }, (request, response) => {
    request.resume();
    void answer(request, response);
  });
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    count: () => streams,
    async close() {
      stopping.abort();
      await closeServer(server);
    },
  };
}

function stream(
  response: ServerResponse,
  { mirror, serviceKeys }: StreamListenerOptions,
  stopping: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  // A socket that writes counts as one that is used.
  response.setTimeout(stallMs, () => response.destroy());
  const lines = Readable.from(accountsLines(mirror, serviceKeys, stopping), {
    objectMode: false,
    highWaterMark: waitingBytes,
  });
  return pipeline(lines, response);
}
