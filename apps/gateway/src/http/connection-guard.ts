import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientOrigin, networkOf } from './client-origin.ts';

export interface ConnectionLimits {
  /** Connections of one address, unless many clients share it. */
  readonly perAddress: number;
  /** Connections that have not sent a whole request yet, of all addresses. */
  readonly fresh: number;
  /** Idle connections on which an earlier request had a valid key or session. */
  readonly resting: number;
  /** Idle connections on which none had, such as those of a browser that loads the console's pages. */
  readonly restingUnknown: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  perAddress: 1_024,
  fresh: 1_024,
  resting: 2_048,
  restingUnknown: 256,
};

interface Connection {
  /** The address that the connection counts for; null where it is exempt. */
  readonly address: string | null;
  /** Requests without a whole reply. */
  open: number;
  /** Whether a request had a valid key or session. */
  known: boolean;
}

/** Bounds what idle connections cost. */
export interface ConnectionGuard {
  /** Watches the connections of a server from now on. */
  watch(server: Server): void;
  /** Notes a valid key or session: connections without one cannot push this connection out. */
  vouch(request: IncomingMessage): void;
  /** Connections that were closed or refused so far. */
  ended(): number;
}

/**
 * Clients send their request as soon as they are connected, so when too many connections have sent none, the oldest of them is
 * closed. When too many are idle after a request, the one that has been idle longest is closed. A connection with an open
 * request is never closed here.
 */
export function createConnectionGuard(origin: ClientOrigin, limits: ConnectionLimits): ConnectionGuard {
  const connections = new Map<Socket, Connection>();
  const fresh = new Set<Socket>();
  const resting = new Set<Socket>();
  const restingUnknown = new Set<Socket>();
  const byAddress = new Map<string, number>();
  let ended = 0;

  function end(socket: Socket): void {
    ended++;
    socket.destroy();
  }
  /** Adds to a set, which keeps the order of insertion, and ends the oldest beyond the limit. */
  function enter(set: Set<Socket>, socket: Socket, most: number): void {
    set.add(socket);
    if (set.size <= most) return;
    const [oldest] = set;
    if (oldest === undefined) return;
    set.delete(oldest);
    end(oldest);
  }
  function leave(socket: Socket): void {
    if (fresh.delete(socket) || resting.delete(socket)) return;
    restingUnknown.delete(socket);
  }
  function countOut(address: string): void {
    const left = (byAddress.get(address) ?? 1) - 1;
    if (left === 0) byAddress.delete(address);
    else byAddress.set(address, left);
  }

  // One function for all connections and one for all replies: a closure for each would cost more than its work.
  function onClose(this: Socket): void {
    const address = connections.get(this)?.address ?? null;
    if (address !== null) countOut(address);
    connections.delete(this);
    leave(this);
  }
  function onReplyClose(this: ServerResponse): void {
    const { socket } = this.req;
    const connection = connections.get(socket);
    if (connection === undefined || --connection.open > 0 || socket.destroyed) return;
    if (connection.known) enter(resting, socket, limits.resting);
    else enter(restingUnknown, socket, limits.restingUnknown);
  }

  return {
    watch(server) {
      server.on('connection', (socket: Socket) => {
        const peer = socket.remoteAddress ?? '';
        const address = origin.isExempt(peer) ? null : networkOf(peer);
        if (address !== null) {
          const count = (byAddress.get(address) ?? 0) + 1;
          if (count > limits.perAddress) return end(socket);
          byAddress.set(address, count);
        }
        connections.set(socket, { address, open: 0, known: false });
        socket.on('close', onClose);
        enter(fresh, socket, limits.fresh);
      });
      server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        const connection = connections.get(socket);
        if (connection === undefined) return;
        if (connection.open++ === 0) leave(socket);
        response.on('close', onReplyClose);
      });
    },
    vouch({ socket }) {
      const connection = connections.get(socket);
      if (connection !== undefined) connection.known = true;
    },
    ended: () => ended,
  };
}
