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
  // The gateway decides which proxies are trusted; services get the result.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

export interface BackendCaller {
  /** Null when no key was needed. */
  readonly caller: Caller | null;
  readonly route: BackendRoute;
  readonly requestId: string;
  readonly traceparent: string;
  /** Limits of the caller's project; null for the defaults. */
  readonly projectLimits: string | null;
  /** Whether the client speaks TLS. */
  readonly https: boolean;
}

/** The headers for a service: the client's, without those that only the gateway sets, and the caller that was identified. */
export function requestHeaders(
  received: IncomingHttpHeaders,
  { caller, route, requestId, traceparent, projectLimits, https }: BackendCaller,
): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined && !notForwarded.has(name) && !name.startsWith('x-kumiki-')) result[name] = value;
  }
  // Without it Node sends the body of a DELETE without any framing.
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
    // A request of low priority stays one when the service asks another service for it.
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
