import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Credentials, KubeAccess, TlsMaterial } from '../access/kube-access.ts';
import { type KubeFailure, fencedFailure, localFailure } from './kube-result.ts';

/** Connections for requests. A watch has one of its own. */
const maxConnections = 16;
/** Connections for watches: one for each resource that is watched, and some that end. */
const maxWatchConnections = 64;
/** An API server closes a connection after 90 s without a request. */
const idleConnectionMs = 30_000;
/** The kernel asks a silent peer after this time and then each second, ten times: a cut link is noticed within 20 s. */
const keepAliveMs = 10_000;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: { readonly contentType: string; readonly text: string };
  /** Whether the reply is a stream that has a connection of its own. */
  readonly watch?: boolean;
  /** Asked when the connection stands, immediately before the first byte is written. False: nothing is sent. */
  readonly mayBegin?: () => boolean;
}

export interface Reply {
  readonly outcome: 'reply';
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: IncomingMessage;
}

export interface Transport {
  readonly namespace: string;
  /** Resolves with the head of the reply, or with why there is none. Never rejects. */
  send(call: Call, signal: AbortSignal): Promise<Reply | KubeFailure>;
  /** Reads the credentials again. */
  reload(): void;
  /** Ends every connection. */
  close(): void;
}

export interface TransportOptions {
  readonly access: KubeAccess;
  readonly userAgent: string;
}

export function createTransport({ access, userAgent }: TransportOptions): Transport {
  const base = new URL(access.server);
  const secure = base.protocol === 'https:';
  const prefix = base.pathname.replace(/\/$/, '');
  let agents: AgentPair | null = null;
  const agentFor = ({ tls }: Credentials, watch: boolean): HttpAgent => {
    if (agents?.tls !== tls) {
      agents?.retire();
      agents = createAgents(tls, secure);
    }
    return watch ? agents.watches : agents.requests;
  };

  return {
    namespace: access.namespace,
    async send(call, signal) {
      let credentials: Credentials;
      try {
        credentials = await access.credentials();
      } catch (error) {
        return localFailure('unauthorized', error instanceof Error ? error.message : String(error), false);
      }
      if (signal.aborted) return interrupted(signal, false);
      const { authorization } = credentials;
      const request = (secure ? httpsRequest : httpRequest)({
        agent: agentFor(credentials, call.watch === true),
        hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: base.port === '' ? (secure ? 443 : 80) : base.port,
        method: call.method,
        path: prefix + call.path,
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          ...(authorization !== null && { authorization }),
          ...(call.body && {
            'content-type': call.body.contentType,
            'content-length': Buffer.byteLength(call.body.text),
          }),
        },
      });
      return runRequest(request, call, signal);
    },
    reload: () => access.reload(),
    close() {
      agents?.requests.destroy();
      agents?.watches.destroy();
      agents = null;
    },
  };
}

/** Runs a request up to the head of its reply. After that the signal still ends the body. */
function runRequest(
  request: ReturnType<typeof httpRequest>,
  { body, mayBegin }: Call,
  signal: AbortSignal,
): Promise<Reply | KubeFailure> {
  return new Promise((resolve) => {
    let sent = false;
    const onAbort = (): void => void request.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => signal.removeEventListener('abort', onAbort));
    request.on('error', (error) => {
      // After the head, the reader of the body sees the error.
      resolve(signal.aborted ? interrupted(signal, sent) : localFailure('unavailable', error.message, sent));
    });
    request.once('response', (response) =>
      resolve({
        outcome: 'reply',
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
        body: response,
      }),
    );
    request.once('socket', (socket) => {
      whenConnected(socket, () => {
        if (signal.aborted) return;
        if (mayBegin?.() === false) {
          resolve(fencedFailure());
          request.destroy();
          return;
        }
        sent = true;
        request.end(body?.text);
      });
    });
  });
}

/** Calls back once a socket can carry bytes: at once for one that was used before. */
function whenConnected(socket: Socket, begin: () => void): void {
  const secure = socket instanceof TLSSocket;
  const connected = !socket.connecting && (!secure || socket.getProtocol() !== null);
  if (connected) begin();
  else socket.once(secure ? 'secureConnect' : 'connect', begin);
}

/** Ends a request whose time is over. */
export class DeadlineError extends Error {}

/** Why a signal has ended a request: a deadline, or the caller. */
export function interrupted(signal: AbortSignal, sent: boolean): KubeFailure {
  return signal.reason instanceof DeadlineError
    ? localFailure('unavailable', signal.reason.message, sent)
    : localFailure('aborted', 'the caller has ended the request', sent);
}

interface AgentPair {
  readonly tls: TlsMaterial;
  readonly requests: HttpAgent;
  readonly watches: HttpAgent;
  /** Closes connections as they become free: what is in flight ends with the old material. */
  retire(): void;
}

function createAgents(tls: TlsMaterial, secure: boolean): AgentPair {
  const base = { keepAlive: true, keepAliveMsecs: keepAliveMs };
  const requests = { ...base, maxSockets: maxConnections, maxFreeSockets: maxConnections, timeout: idleConnectionMs };
  const watches = { ...base, maxSockets: maxWatchConnections, maxFreeSockets: 0 };
  const options = {
    ...(tls.ca !== null && { ca: tls.ca }),
    ...(tls.certificate !== null && { cert: tls.certificate }),
    ...(tls.key !== null && { key: tls.key }),
    ...(tls.serverName !== null && { servername: tls.serverName }),
    rejectUnauthorized: !tls.insecure,
  };
  const create = (limits: typeof requests | typeof watches): HttpAgent =>
    secure ? new HttpsAgent({ ...limits, ...options }) : new HttpAgent(limits);
  const pair = { requests: create(requests), watches: create(watches) };
  return {
    tls,
    ...pair,
    retire() {
      for (const agent of [pair.requests, pair.watches]) {
        agent.maxFreeSockets = 0;
        for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
      }
    },
  };
}
