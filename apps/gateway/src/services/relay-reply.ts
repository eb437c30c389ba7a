import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KumikiError } from '@kumiki/api';
import type { Deadline, DeadlineWheel } from '../upstream/deadline-wheel.ts';
import { lastEvent } from './last-event.ts';

/** A client that reads nothing for this long counts as gone, even if its socket is open. */
const clientStallMs = 120_000;

const lineFeed = 10;

export type Relayed = 'whole' | 'broken' | 'client_left';

export interface Relay {
  readonly outcome: Promise<Relayed>;
  /**
   * Cuts the reply. The client of an event stream gets an error event, if it reads and its last event is complete. For
   * any other client the connection closes.
   */
  cut(error: KumikiError): void;
}

export interface RelayOptions {
  readonly reply: IncomingMessage;
  readonly response: ServerResponse;
  readonly wheel: DeadlineWheel;
  /** The reply is cut when the service sends nothing for this long. */
  readonly silenceMs: number;
  /** The client's path, which decides how an error is written into its stream. */
  readonly path: string;
}

/**
 * Streams a service's reply to the client, no faster than the client takes it. A reply that breaks off ends the client's
 * connection, so that half of it is not taken for the whole.
 */
export function relayReply({ reply, response, wheel, silenceMs, path }: RelayOptions): Relay {
  const { promise, resolve } = Promise.withResolvers<Relayed>();
  let stall: Deadline | null = null;
  let over = false;
  /** Whether the client has only complete events of an event stream. */
  let between = true;
  let silence = wheel.arm(silenceMs, giveUp);

  function end(outcome: Relayed): void {
    silence.clear();
    stall?.clear();
    resolve(outcome);
  }
  function breakOff(outcome: Relayed): void {
    if (over) return;
    over = true;
    end(outcome);
    reply.destroy();
    response.destroy();
  }
  function giveUp(): void {
    breakOff('broken');
  }
  function onDrain(): void {
    stall?.clear();
    silence = wheel.arm(silenceMs, giveUp);
    reply.resume();
  }

  reply.on('data', (chunk: Buffer) => {
    if (over) return;
    between = chunk.length > 1 && chunk.at(-1) === lineFeed && chunk.at(-2) === lineFeed;
    silence.rearm();
    if (response.write(chunk)) return;
    reply.pause();
    silence.clear();
    stall = wheel.arm(clientStallMs, () => breakOff('client_left'));
    response.once('drain', onDrain);
  });
  reply.on('end', () => {
    if (over) return;
    over = true;
    response.end();
    end('whole');
  });
  reply.on('error', giveUp);
  reply.on('close', () => {
    if (!reply.complete) giveUp();
  });
  response.once('close', () => end('client_left'));
  return {
    outcome: promise,
    cut(error) {
      if (over) return;
      over = true;
      end('client_left');
      if (!isEventStream(reply) || !between || response.writableNeedDrain) response.destroy();
      else response.end(lastEvent(path, error));
      reply.destroy();
    },
  };
}

export function isEventStream(reply: IncomingMessage): boolean {
  return reply.headers['content-type']?.startsWith('text/event-stream') === true;
}
