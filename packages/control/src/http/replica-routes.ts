import { PassThrough } from 'node:stream';
import { KumikiError, whatThereIs } from '@kumiki/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Installation } from '../ports/installation.ts';
import { readBody } from './read-body.ts';

/** Most lines of a log that are read back. */
const maxTailLines = 10_000;

const logQuerySchema = z.strictObject({
  tail: z.coerce.number().int().min(0).max(maxTailLines).default(100),
  follow: z.enum(['true', 'false']).default('false'),
});

/** Proxies close idle streams; a comment at this interval keeps them open. */
const pingIntervalMs = 15_000;
/** Bytes that are buffered for a slow reader; beyond it the stream ends. */
const maxPendingBytes = 1_048_576;

/** @returns functions that end the logs being followed. */
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
    const known = [
      ...replicas().map((replica) => replica.id),
      ...installation.status().data_services.map(({ name }) => name),
    ];
    throw new KumikiError('not_found', { what: 'replica', id, hint: whatThereIs(id, known) });
  });
  return followed;
}

interface Following {
  readonly id: string;
  readonly tail: number;
  readonly followed: Set<() => void>;
}

/** Sends the last lines and then new ones as they come, each as one event, until the client disconnects. */
async function followLog(
  reply: FastifyReply,
  { logs }: Installation,
  { id, tail, followed }: Following,
): Promise<PassThrough | null> {
  const stream = new PassThrough();
  // The head is sent with the first bytes; without them a quiet log would look like a hanging server.
  stream.write(': ping\n\n');
  const unfollow = await logs.follow(id, tail, (line) => {
    if (stream.writableEnded || stream.destroyed) return;
    if (stream.writableLength > maxPendingBytes) stream.destroy();
    else stream.write(`data: ${line.replaceAll(/[\r\n]/g, ' ')}\n\n`);
  });
  if (unfollow === null) return null;
  const ping = setInterval(() => stream.write(': ping\n\n'), pingIntervalMs);
  // No line may be written after the stream has ended.
  const leave = (): void => {
    clearInterval(ping);
    unfollow();
    followed.delete(leave);
    stream.end();
  };
  followed.add(leave);
  stream.on('close', leave);
  reply.raw.on('close', () => stream.destroy());
  // The client may have disconnected while the log was being opened.
  if (reply.raw.destroyed || stream.destroyed) leave();
  return stream;
}
