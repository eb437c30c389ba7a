import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { KumikiError } from '@kumiki/api';
import type { HeldBody } from '../body/body-reader.ts';
import type { Revocation } from '../keys/revocation.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { BackendWaits } from './choose-wait.ts';
import { relayReply, type Relay } from './relay-reply.ts';
import { sendBody } from './send-body.ts';

/** How a request at one replica ends. */
export type BackendOutcome =
  /** The client has the reply, complete or broken off, or has left. */
  | { readonly kind: 'over'; readonly gone: boolean }
  /** Nothing of the request has been sent. */
  | { readonly kind: 'unreachable' }
  /** The connection broke before there was a reply. The request may have been carried out. */
  | { readonly kind: 'broken' }
  /** The replica did not reply in time. The request may have been carried out. */
  | { readonly kind: 'late'; readonly what: string; readonly limitMs: number }
  /** The request is refused because of its client. */
  | { readonly kind: 'refused'; readonly error: KumikiError };

export interface BackendAttempt {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request to the replica: its head is set, and nothing has been sent. */
  readonly upstream: ClientRequest;
  /** The whole body, or null for a body that is streamed. */
  readonly body: HeldBody | null;
  /** Largest body that is passed on. */
  readonly maxBytes: number;
  readonly wheel: DeadlineWheel;
  readonly revocation: Revocation;
  /** The client's path, which decides how an error is written into its stream. */
  readonly path: string;
  readonly bodyWindowMs: number;
  readonly waits: BackendWaits;
  /** How long the head of the reply may take after the whole request. */
  readonly headMs: number;
  /** Sends the head of the reply to the client. */
  readonly onReply: (reply: IncomingMessage) => void;
}

/** Sends a request to one replica and its reply back. Never rejects. */
export function attemptBackend(attempt: BackendAttempt): Promise<BackendOutcome> {
  const { request, response, upstream, body, wheel, headMs } = attempt;
  const { promise, resolve } = Promise.withResolvers<BackendOutcome>();
  let over = false;
  let connected = false;
  let relay: Relay | null = null;
  let stopBody = (): void => {};
  let deadline = wheel.arm(attempt.waits.connectMs, () => end({ kind: 'unreachable' }));

  function end(outcome: BackendOutcome): void {
    if (over) return;
    over = true;
    deadline.clear();
    stopBody();
    response.off('close', onClientClose);
    if (outcome.kind !== 'over' || !upstream.writableFinished) upstream.destroy();
    resolve(outcome);
  }
  function onClientClose(): void {
    upstream.destroy();
    end({ kind: 'over', gone: false });
  }
  function waitForHead(): void {
    deadline.clear();
    if (relay !== null) return;
    deadline = wheel.arm(headMs, () => end({ kind: 'late', what: 'answer', limitMs: headMs }));
  }
  function refuse(error: KumikiError): void {
    if (relay !== null) upstream.destroy();
    else end({ kind: 'refused', error });
  }
  /** Once a reply has begun, relay-reply.ts watches it. */
  function giveUp(what: string): void {
    if (relay === null) end({ kind: 'late', what, limitMs: attempt.bodyWindowMs });
  }
  function begin(): void {
    if (over) return;
    connected = true;
    if (body !== null) return waitForHead();
    deadline.clear();
    upstream.flushHeaders();
    stopBody = sendBody({
      from: request,
      to: upstream,
      wheel,
      maxBytes: attempt.maxBytes,
      windowMs: attempt.bodyWindowMs,
      onSent: waitForHead,
      onStuck: () => giveUp('take the request'),
      onTooSlow: () => refuse(new KumikiError('request_timeout', { limitMs: attempt.bodyWindowMs })),
      onTooLarge: () => refuse(new KumikiError('body_too_large', { limitBytes: attempt.maxBytes })),
    });
  }

  upstream.once('socket', (socket) => {
    if (!socket.connecting) return begin();
    socket.once(upstream.protocol === 'https:' ? 'secureConnect' : 'connect', begin);
  });
  upstream.on('error', () => {
    if (relay === null) end({ kind: connected ? 'broken' : 'unreachable' });
  });
  upstream.once('response', (reply) => {
    deadline.clear();
    attempt.onReply(reply);
    relay = relayReply({ reply, response, wheel, silenceMs: attempt.waits.silenceMs, path: attempt.path });
    void relay.outcome.then((outcome) => end({ kind: 'over', gone: outcome === 'broken' }));
  });
  attempt.revocation.handle((error) => (relay === null ? end({ kind: 'refused', error }) : relay.cut(error)));
  response.once('close', onClientClose);
  if (body !== null) upstream.end(body.bytes());
  return promise;
}
