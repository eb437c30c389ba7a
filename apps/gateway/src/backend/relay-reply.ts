import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deadline, DeadlineWheel } from '../upstream/deadline-wheel.ts';

/** A client that takes nothing for so long is gone, whatever its socket says. */
const clientStallMs = 120_000;

export type Relayed = 'whole' | 'broken' | 'client-left';

/**
 * Passes a service's reply on as it flows, no faster than the client takes it. A reply that breaks off ends the
 * client's connection, so that nobody takes half of it for the whole.
 * @param silenceMs a service that sends nothing for so long is given up.
 */
export function relayReply(
  reply: IncomingMessage,
  response: ServerResponse,
  wheel: DeadlineWheel,
  silenceMs: number,
): Promise<Relayed> {
  const { promise, resolve } = Promise.withResolvers<Relayed>();
  let stall: Deadline | null = null;
  let silence = wheel.arm(silenceMs, giveUp);

  function end(outcome: Relayed): void {
    silence.clear();
    stall?.clear();
    resolve(outcome);
  }
  function cut(outcome: Relayed): void {
    end(outcome);
    reply.destroy();
    response.destroy();
  }
  function giveUp(): void {
    cut('broken');
  }
  function onDrain(): void {
    stall?.clear();
    silence = wheel.arm(silenceMs, giveUp);
    reply.resume();
  }

  reply.on('data', (chunk: Buffer) => {
    silence.rearm();
    if (response.write(chunk)) return;
    reply.pause();
    silence.clear();
    stall = wheel.arm(clientStallMs, () => cut('client-left'));
    response.once('drain', onDrain);
  });
  reply.on('end', () => {
    response.end();
    end('whole');
  });
  reply.on('error', giveUp);
  reply.on('close', () => {
    if (!reply.complete) giveUp();
  });
  response.once('close', () => end('client-left'));
  return promise;
}
