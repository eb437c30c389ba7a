import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, type ErrorDetails, errorEnvelope, errorTable, KumikiError } from '@kumiki/api/errors';
import { headers } from '@kumiki/api/headers';
import { chooseEncoding, type Encoding } from './choose-encoding.ts';
import type { Asset, Assets } from './load-assets.ts';
import { securityHeaders } from './security-headers.ts';

const yearSeconds = 31_536_000;
const page = '/index.html';

/** Answers a request that may be answered: a file by its path, and the one page for every path of the console. */
export function answer(assets: Assets, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/' } = request;
  const path = url.split('?', 1)[0] ?? '/';
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return refuse(response, 'method_not_allowed', { method, path, allowed: 'GET or HEAD' });
  }
  if (!assets.has(page)) {
    const reason = 'The console has not been built; scripts/build-console.mjs does it and says what is wrong';
    return refuse(response, 'service_unavailable', { reason });
  }
  const asset = assets.get(isPage(path, request.headers.accept) ? page : path);
  if (asset !== undefined) return sendAsset(asset, request, response);
  const hint = path.includes('.') ? '' : ' The API is under /v1.';
  refuse(response, 'unknown_route', { method, path: path.slice(0, 256), hint });
}

/**
 * Which view a path shows is decided in the browser, so all of them get the page. A program that asks for something
 * else (a client of another API that looks for a path) gets a 404.
 */
function isPage(path: string, accepted: string | undefined): boolean {
  if (path === '/') return true;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !name.includes('.') && accepted?.includes('text/html') === true;
}

function sendAsset(asset: Asset, request: IncomingMessage, response: ServerResponse): void {
  const available = new Set<Encoding>(asset.encoded.keys());
  const encoding = chooseEncoding(request.headers['accept-encoding'], available);
  const { bytes, etag } = (encoding === null ? undefined : asset.encoded.get(encoding)) ?? asset.plain;
  const caching = {
    etag,
    vary: 'accept-encoding',
    'cache-control': asset.isImmutable ? `public, max-age=${yearSeconds}, immutable` : 'no-cache',
  };
  if (isKnown(request.headers['if-none-match'], etag)) {
    response.writeHead(304, { ...securityHeaders, ...caching }).end();
    return;
  }
  response.writeHead(200, {
    ...securityHeaders,
    ...caching,
    'content-type': asset.contentType,
    'content-length': bytes.length,
    ...(encoding === null ? {} : { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Whether the browser already has this content (RFC 9110, 13.1.2: weak comparison). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((one) => {
    const known = one.trim();
    return known === '*' || known.replace(/^W\//, '') === etag;
  });
}

/** Ends a reply with the one error envelope. */
export function refuse(response: ServerResponse, code: ErrorCode, details: ErrorDetails): void {
  const error = new KumikiError(code, details);
  const body = Buffer.from(JSON.stringify(errorEnvelope(error)));
  response.writeHead(error.status, {
    ...securityHeaders,
    'cache-control': 'no-store',
    'content-type': 'application/json',
    'content-length': body.length,
    [headers.shouldRetry]: String(errorTable[code].retryable),
  });
  response.end(body);
}
