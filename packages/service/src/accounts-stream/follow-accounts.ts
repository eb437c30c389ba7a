import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { accountsHeartbeatMs, accountsStreamPath } from '@kumiki/api';
import { UnreadableStream } from './accounts-state.ts';
import { readAccountsStream, type StreamEvents } from './read-accounts-stream.ts';

/** A stream without a heartbeat for this time counts as broken. */
const silenceMs = 5 * accountsHeartbeatMs;
/** Pause before another attempt: it doubles from the first value to the last. */
const firstPauseMs = 50;
const lastPauseMs = 1_000;

export interface FollowOptions extends StreamEvents {
  /** Origin of the listener. */
  readonly url: string;
  /** Read before each attempt, so that it can be replaced. */
  readonly token: () => string;
  /** A stream has ended or did not begin. `unreadable`: it came, and cannot be read by this version. */
  readonly trouble: (error: unknown, unreadable: boolean) => void;
}

/**
 * Follows the stream of accounts, and connects again whenever it ends. Every stream begins with the complete state.
 * @returns the function that stops it.
 */
export function followAccounts(options: FollowOptions): () => void {
  const stopping = new AbortController();
  void run(options, stopping.signal);
  return () => stopping.abort();
}

async function run(options: FollowOptions, signal: AbortSignal): Promise<void> {
  let waitMs = firstPauseMs;
  const events: StreamEvents = {
    whole(state, number) {
      waitMs = firstPauseMs;
      options.whole(state, number);
    },
    changed: options.changed,
    current: options.current,
  };
  while (!signal.aborted) {
    try {
      await readAccountsStream(await open(options, signal), events);
    } catch (error) {
      if (signal.aborted) return;
      options.trouble(error, error instanceof UnreadableStream);
    }
    // Spread out, so that gateways do not all come back at once.
    await pause(waitMs * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => {});
    waitMs = Math.min(2 * waitMs, lastPauseMs);
  }
}

function open({ url, token }: FollowOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const target = new URL(accountsStreamPath, url);
  const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, {
    headers: { authorization: `Bearer ${token()}` },
    agent: false,
    timeout: silenceMs,
    signal,
  });
  request.once('timeout', () => request.destroy(new Error(`accounts sent nothing for ${silenceMs / 1_000} s`)));
  // This handler stays, since a connection that breaks during the stream reports here too.
  request.on('error', reject);
  request.once('response', (response) => {
    if (response.statusCode === 200) return resolve(response);
    response.resume();
    reject(new Error(`accounts answered with ${response.statusCode}`));
  });
  request.end();
  return promise;
}
