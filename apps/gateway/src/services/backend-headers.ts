import type { IncomingHttpHeaders } from 'node:http';
import { headers, writeProjectName, type BackendRoute } from '@kumiki/api';
import type { Caller } from '../keys/identify-caller.ts';

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
  // What proxies say of the client is believed, or not, here: services hear what we found.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

export interface BackendCaller {
  /** Null where nobody was asked for. */
  readonly caller: Caller | null;
  readonly route: BackendRoute;
  readonly requestId: string;
  readonly traceparent: string;
  /** What the caller's project may have; null where that is as by default. */
  readonly projectLimits: string | null;
  /** Whether the client speaks TLS. */
  readonly https: boolean;
}

/** What a service is told: the client's headers without those that are ours to say, and who was checked. */
export function requestHeaders(
  received: IncomingHttpHeaders,
  { caller, route, requestId, traceparent, projectLimits, https }: BackendCaller,
): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined && !notForwarded.has(name) && !name.startsWith('x-kumiki-')) result[name] = value;
  }
  // Without it Node would send the body of a DELETE with no framing at all.
  if (received['transfer-encoding'] !== undefined) result['transfer-encoding'] = 'chunked';
  result['x-forwarded-proto'] = https ? 'https' : 'http';
  result[headers.requestId] = requestId;
  result['traceparent'] = traceparent;
  if (caller !== null) Object.assign(result, callerHeaders(caller));
  if (projectLimits !== null) result[headers.projectLimits] = projectLimits;
  if (route.authorization !== null) result['authorization'] = route.authorization;
  return result;
}

function callerHeaders({ key, service, sessionId }: Caller): Record<string, string> {
  return {
    [headers.key]: key.id,
    [headers.project]: writeProjectName(key.project),
    ...(sessionId === null ? {} : { [headers.session]: sessionId }),
    // What a service asks of models for the sake of another service gives way as that one would.
    ...(service?.lowPriority === true ? { [headers.priority]: 'low' } : {}),
  };
}

export function replyHeaders(received: IncomingHttpHeaders, requestId: string): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined && !notForwarded.has(name)) result[name] = value;
  }
  result[headers.requestId] = requestId;
  return result;
}
