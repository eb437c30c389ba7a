import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientOrigin, networkOf } from './client-origin.ts';

export interface ConnectionLimits {
  /** Connections of one address, where it does not stand for many. */
  readonly perAddress: number;
  /** Connections that have not sent a whole request yet. */
  readonly fresh: number;
  /** Connections that wait for their next request. */
  readonly resting: number;
}

export const defaultConnectionLimits: ConnectionLimits = { perAddress: 1_024, fresh: 1_024, resting: 2_048 };

interface Connection {
  /** Requests that have no whole reply yet. */
  open: number;
}

/**
 * Bounds what connections cost that do nothing. A client sends its request as soon as it is connected, so of too many that
 * have sent none the one that has waited longest goes; so does, of too many that rest after a request, the one that has
 * rested longest. Whoever works is never closed here.
 * @returns how many connections were closed or refused so far.
 */
export function guardConnections(server: Server, origin: ClientOrigin, limits: ConnectionLimits): () => number {
  const known = new Map<Socket, Connection>();
  const fresh = new Set<Socket>();
  const resting = new Set<Socket>();
  const byAddress = new Map<string, number>();
  let ended = 0;

  function end(socket: Socket): void {
    ended++;
    socket.destroy();
  }
  /** Adds to a set that keeps its order, and ends the oldest of too many. */
  function enter(set: Set<Socket>, socket: Socket, most: number): void {
    set.add(socket);
    if (set.size <= most) return;
    const [oldest] = set;
    if (oldest === undefined) return;
    set.delete(oldest);
    end(oldest);
  }
  /** Whether an address may have one more. */
  function countIn(socket: Socket): boolean {
    const peer = socket.remoteAddress ?? '';
    if (origin.isExempt(peer)) return true;
    const address = networkOf(peer);
    const count = (byAddress.get(address) ?? 0) + 1;
    if (count > limits.perAddress) return false;
    byAddress.set(address, count);
    socket.once('close', () => {
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
    return true;
  }

  server.on('connection', (socket: Socket) => {
    if (!countIn(socket)) return end(socket);
    known.set(socket, { open: 0 });
    socket.once('close', () => {
      known.delete(socket);
      fresh.delete(socket);
      resting.delete(socket);
    });
    enter(fresh, socket, limits.fresh);
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = known.get(socket);
    if (connection === undefined) return;
    if (connection.open++ === 0 && !fresh.delete(socket)) resting.delete(socket);
    response.once('close', () => {
      if (--connection.open === 0 && !socket.destroyed) enter(resting, socket, limits.resting);
    });
  });
  return () => ended;
}
