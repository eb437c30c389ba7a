import { errorEnvelope, errorTable, KumikiError, toKumikiError } from '@kumiki/api/errors';
import { headers } from '@kumiki/api/headers';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './log.ts';

/** Most characters of a header that a refusal quotes. */
const shownCharacters = 64;

/** Sends the error envelope for anything thrown. Unexpected errors are logged with their cause. */
export function sendErrorReply(
  options: { readonly log: Log },
  thrown: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const error = asKumikiError(thrown, request);
  if (error.code === 'internal_error') {
    options.log.error({ err: thrown, method: request.method, url: request.url.split('?')[0] }, 'request failed');
  }
  if (error.retryAfterMs !== undefined) {
    reply.header(headers.retryAfterMs, String(error.retryAfterMs));
    reply.header(headers.retryAfter, String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
  }
  void reply
    .code(error.status)
    .header(headers.shouldRetry, String(errorTable[error.code].retryable))
    .send(errorEnvelope(error));
}

/** Maps fastify's own errors to rows of the table. */
function asKumikiError(thrown: FastifyError, request: FastifyRequest): KumikiError {
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new KumikiError('body_too_large', { limitBytes: request.routeOptions.bodyLimit });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new KumikiError('unsupported_media_type', {
        contentType: (request.headers['content-type'] ?? '').slice(0, shownCharacters),
      });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new KumikiError('not_found', { what: 'object', id: 'of so many characters', hint: '' });
    case 'FST_ERR_BAD_URL':
      return new KumikiError('invalid_value', { param: 'path', reason: 'its percent signs encode no text' });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new KumikiError('bad_request_framing', { reason: 'the body is not as long as its Content-Length' });
    default:
      return toKumikiError(thrown);
  }
}
