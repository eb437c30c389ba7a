import { PassThrough } from 'node:stream';
import { didYouMean, KumikiError } from '@kumiki/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Installation } from '../ports/installation.ts';
import { readBody } from './read-body.ts';

/** Lines of a log that are read back at most. */
const maxTailLines = 10_000;

const logQuerySchema = z.strictObject({
  tail: z.coerce.number().int().min(0).max(maxTailLines).default(100),
  follow: z.enum(['true', 'false']).default('false'),
});

/** Proxies cut silent streams; a comment keeps them open. */
const pingIntervalMs = 15_000;
/** Lines that wait for a reader who does not read; then the stream ends. */
const maxPendingBytes = 1_048_576;

/** @returns what ends each log that is being followed. */
export function addReplicaRoutes(app: FastifyInstance, installation: Installation): ReadonlySet<() => void> {
  const followed = new Set<() => void>();
  const { logs } = installation;
  const replicas = () => installation.status().services.flatMap((service) => service.replicas);
  app.get('/v1/kumiki/replicas', () => ({ object: 'list', data: replicas() }));

  app.get<{ Params: { readonly id: string } }>('/v1/kumiki/replicas/:id/logs', async (request, reply) => {
    const { id } = request.params;
    const query = readBody(logQuerySchema, request.query);
    const follow = query.follow === 'true';
    const lines = follow ? null : await logs.tail(id, query.tail);
    const stream = follow ? await followLog(reply, installation, { id, tail: query.tail, followed }) : null;
    if (stream !== null) return reply.type('text/event-stream; charset=utf-8').send(stream);
    if (lines !== null) {
      return reply.type('text/plain; charset=utf-8').send(lines.map((line) => `${line}\n`).join(''));
    }
    const known = replicas().map((replica) => replica.id);
    throw new KumikiError('not_found', { what: 'replica', id, hint: didYouMean(id, known) });
  });
  return followed;
}

interface Following {
  readonly id: string;
  readonly tail: number;
  readonly followed: Set<() => void>;
}

/** Each line as one event, the last ones first and then those that come, until the reader leaves. */
async function followLog(
  reply: FastifyReply,
  { logs }: Installation,
  { id, tail, followed }: Following,
): Promise<PassThrough | null> {
  const stream = new PassThrough();
  // The reply's head goes out with the first bytes: a quiet log should not look like a server that does not answer.
  stream.write(': ping\n\n');
  const unfollow = await logs.follow(id, tail, (line) => {
    if (stream.writableEnded || stream.destroyed) return;
    if (stream.writableLength > maxPendingBytes) stream.destroy();
    else stream.write(`data: ${line.replaceAll(/[\r\n]/g, ' ')}\n\n`);
  });
  if (unfollow === null) return null;
  const ping = setInterval(() => stream.write(': ping\n\n'), pingIntervalMs);
  // Nothing may be written once it ends.
  const leave = (): void => {
    clearInterval(ping);
    unfollow();
    followed.delete(leave);
    stream.end();
  };
  followed.add(leave);
  stream.on('close', leave);
  reply.raw.on('close', () => stream.destroy());
  // The reader may have left, or have been cut off, while the log was looked for.
  if (reply.raw.destroyed || stream.destroyed) leave();
  return stream;
}
