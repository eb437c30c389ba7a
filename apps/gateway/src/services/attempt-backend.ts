import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { KumikiError } from '@kumiki/api';
import type { HeldBody } from '../body/body-reader.ts';
import type { Revocation } from '../keys/revocation.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { BackendWaits } from './choose-wait.ts';
import { relayReply, type Relay } from './relay-reply.ts';
import { sendBody } from './send-body.ts';

/** What becomes of a request at one replica. */
export type BackendOutcome =
  /** The reply, whole or broken off, is with the client, or the client has left. */
  | { readonly kind: 'over'; readonly gone: boolean }
  /** Nothing of the request has been sent. */
  | { readonly kind: 'unreachable' }
  /** It may have been carried out: the connection broke before there was a reply. */
  | { readonly kind: 'broken' }
  /** It may have been carried out: the replica has it and says nothing. */
  | { readonly kind: 'late'; readonly what: string; readonly limitMs: number }
  /** The client's own fault. */
  | { readonly kind: 'refused'; readonly error: KumikiError };

export interface BackendAttempt {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request to the replica, with its head set and nothing sent. */
  readonly upstream: ClientRequest;
  /** The whole body, or null for one that is passed on as it flows. */
  readonly body: HeldBody | null;
  /** Largest body that is passed on. */
  readonly maxBytes: number;
  readonly wheel: DeadlineWheel;
  readonly revocation: Revocation;
  /** The client's, which tells the words of its stream. */
  readonly path: string;
  readonly bodyWindowMs: number;
  readonly waits: BackendWaits;
  /** From the whole request to the head of its reply. */
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
  /** A reply that has begun has a watch of its own. */
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
