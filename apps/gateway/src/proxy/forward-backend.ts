import { request as httpRequest, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { headers, KumikiError, type BackendRoute, type KeyRecord } from '@kumiki/api';
import { sendError } from '../http/send-error.ts';

/** A backend that sends nothing for so long is given up; event streams of backends send comments more often. */
const silenceMs = 60_000;

/** Headers that concern one connection only (RFC 9110, 7.6.1) or that the gateway sets itself. */
const notForwarded = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'authorization',
  'host',
  'expect',
  'cookie',
]);

const agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 16 });

export interface BackendCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly backend: BackendRoute;
  readonly key: KeyRecord;
  readonly requestId: string;
  readonly traceparent: string;
}

/** Passes a request on to another service behind the same URL, and its reply back, both as they flow. */
export function forwardBackend(call: BackendCall): void {
  const { request, response, backend, requestId } = call;
  const target = new URL(backend.url);
  const upstream = httpRequest({
    agent,
    hostname: target.hostname,
    port: target.port,
    method: request.method,
    path: request.url,
    headers: requestHeaders(call),
    timeout: silenceMs,
  });
  const fail = (reason: string) => {
    upstream.destroy();
    if (response.headersSent) response.destroy();
    else sendError(response, new KumikiError('service_unavailable', { reason }, { retryAfterMs: 1_000 }));
  };
  upstream.once('timeout', () => fail('The service behind this path does not answer'));
  upstream.once('error', () => fail('The service behind this path cannot be reached'));
  upstream.once('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, { ...replyHeaders(reply), [headers.requestId]: requestId });
    pipeline(reply, response, () => upstream.destroy());
  });
  response.once('close', () => upstream.destroy());
  pipeline(request, upstream, (error) => {
    if (error && !response.headersSent) fail('The request could not be passed on');
  });
}

function requestHeaders(call: BackendCall): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(call.request.headers)) {
    if (value !== undefined && !notForwarded.has(name) && !name.startsWith('x-kumiki-')) result[name] = value;
  }
  result[headers.requestId] = call.requestId;
  result['traceparent'] = call.traceparent;
  result[headers.key] = call.key.id;
  result[headers.project] = call.key.project;
  if (call.backend.authorization !== null) result['authorization'] = call.backend.authorization;
  return result;
}

function replyHeaders(reply: IncomingMessage): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers)) {
    if (value !== undefined && !notForwarded.has(name)) result[name] = value;
  }
  return result;
}
