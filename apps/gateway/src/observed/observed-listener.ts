import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ObservedGatewayLoad,
  observedPaths,
  type ObservedRequestQuery,
  observedRequestQuerySchema,
  type ObservedRequests,
  type ObservedSessions,
  type RequestRecord,
} from '@kumiki/api';
import { createBearerCheck } from '@kumiki/seal';
import { closeServer, listen } from '@kumiki/service';
import { streamRecords } from './stream-records.ts';

/**
 * Most open streams of records: one for each replica of the control API, and some for replicas that are being replaced.
 */
const maxStreams = 16;
/** Open connections; the next one is refused. */
const maxConnections = 128;
/** Requests here have no body and fit one packet. */
const headersTimeoutMs = 5_000;

/** What a gateway reports to the control API. */
export interface Observed {
  load(): ObservedGatewayLoad;
  requests(query: ObservedRequestQuery): ObservedRequests;
  sessions(): ObservedSessions;
  /** Calls the listener with every record that begins, changes or ends. Returns the function that ends the subscription. */
  subscribe(listener: (record: RequestRecord) => void): () => void;
}

export interface ObservedListenerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The token that requests must carry. */
  readonly token: string;
}

export interface ObservedListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens for the control API, on another port than those for clients and for metrics. */
export async function startObservedListener(
  { host, port, token }: ObservedListenerOptions,
  observed: Observed,
): Promise<ObservedListener> {
  const mayAsk = createBearerCheck(token);
  const streams = new Set<() => void>();
  const server = createServer({ headersTimeout: headersTimeoutMs }, (request, response) => {
    if (!mayAsk(request.headers.authorization)) return void response.writeHead(401).end();
    if (request.method !== 'GET') return void response.writeHead(405).end();
    answer(request, response, observed, streams);
  });
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const end of streams) end();
      await closeServer(server);
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  observed: Observed,
  streams: Set<() => void>,
): void {
  const url = new URL(request.url ?? '/', 'http://gateway');
  switch (url.pathname) {
    case observedPaths.load:
      return sendJson(response, observed.load());
    case observedPaths.sessions:
      return sendJson(response, observed.sessions());
    case observedPaths.requests: {
      const query = observedRequestQuerySchema.safeParse(Object.fromEntries(url.searchParams));
      if (!query.success) return void response.writeHead(400).end();
      return sendJson(response, observed.requests(query.data));
    }
    case observedPaths.live:
      if (streams.size >= maxStreams) return void response.writeHead(503).end();
      return streamRecords(response, observed.subscribe, streams);
    default:
      response.writeHead(404).end();
  }
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
