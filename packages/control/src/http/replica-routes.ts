import { PassThrough } from 'node:stream';
import { didYouMean, KumikiError } from '@kumiki/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { logLimits, type RotatingLog, tailLog } from '../home/rotating-log.ts';
import type { LocalRuntime } from '../runtime.ts';
import { readBody } from './read-body.ts';

const logQuerySchema = z.strictObject({
  tail: z.coerce.number().int().min(0).max(logLimits.tailLines).default(100),
  follow: z.enum(['true', 'false']).default('false'),
});

/** Proxies cut silent streams; a comment keeps them open. */
const pingIntervalMs = 15_000;
/** Lines that wait for a reader who does not read; then the stream ends. */
const maxPendingBytes = 1_048_576;

/** @returns what ends each log that is being followed. */
export function addReplicaRoutes(app: FastifyInstance, runtime: LocalRuntime): ReadonlySet<() => void> {
  const followed = new Set<() => void>();
  app.get('/v1/kumiki/replicas', () => ({
    object: 'list',
    data: runtime.status().services.flatMap(({ replicas }) => replicas),
  }));

  app.get<{ Params: { readonly id: string } }>('/v1/kumiki/replicas/:id/logs', (request, reply) => {
    const { id } = request.params;
    const query = readBody(logQuerySchema, request.query);
    const log = runtime.replicaLog(id);
    if (log === null) {
      const known = runtime.status().services.flatMap(({ replicas }) => replicas.map((replica) => replica.id));
      throw new KumikiError('not_found', { what: 'replica', id, hint: didYouMean(id, known) });
    }
    const lines = tailLog(log.path, query.tail);
    if (query.follow === 'true') return follow(reply, lines, log.live, followed);
    return reply.type('text/plain; charset=utf-8').send(lines.map((line) => `${line}\n`).join(''));
  });
  return followed;
}

/** Each line as one event, the last ones first and then those that come, until the reader leaves. */
function follow(
  reply: FastifyReply,
  lines: readonly string[],
  live: RotatingLog | undefined,
  followed: Set<() => void>,
): FastifyReply {
  const stream = new PassThrough();
  const send = (line: string): void => {
    if (stream.writableLength > maxPendingBytes) stream.destroy();
    else stream.write(`data: ${line.replaceAll(/[\r\n]/g, ' ')}\n\n`);
  };
  // The reply's head goes out with the first bytes: a quiet log should not look like a server that does not answer.
  stream.write(': ping\n\n');
  for (const line of lines) send(line);
  const unfollow = live?.follow(send);
  const ping = setInterval(() => stream.write(': ping\n\n'), pingIntervalMs);
  // Nothing may be written once it ends.
  const leave = (): void => {
    clearInterval(ping);
    unfollow?.();
    followed.delete(leave);
    stream.end();
  };
  followed.add(leave);
  stream.on('close', leave);
  reply.raw.on('close', () => stream.destroy());
  return reply.type('text/event-stream; charset=utf-8').send(stream);
}
