import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientOrigin, networkOf } from './client-origin.ts';

export interface ConnectionLimits {
  /** Connections of one address, where it does not stand for many. */
  readonly perAddress: number;
  /** Connections that have not sent a whole request yet. */
  readonly fresh: number;
  /** Connections that wait for their next request, where one before it came with a valid key or session. */
  readonly resting: number;
  /** The same where none did: a browser that reads the console's pages, or anybody at all. */
  readonly restingUnknown: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  perAddress: 1_024,
  fresh: 1_024,
  resting: 2_048,
  restingUnknown: 256,
};

interface Connection {
  /** Counted for this address; null where it is exempt. */
  readonly address: string | null;
  /** Requests that have no whole reply yet. */
  open: number;
  /** A request came with a valid key or session. */
  known: boolean;
}

/** Bounds what connections cost that do nothing. */
export interface ConnectionGuard {
  /** Begins to watch the connections of a server. */
  watch(server: Server): void;
  /** A request came with a valid key or session: those who show none cannot push its connection out. */
  vouch(request: IncomingMessage): void;
  /** How many connections were closed or refused so far. */
  ended(): number;
}

/**
 * A client sends its request as soon as it is connected, so of too many that have sent none the one that has waited longest
 * goes; so does, of too many that rest after a request, the one that has rested longest. A connection with an open request
 * is never closed here.
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
  /** Adds to a set that keeps its order, and ends the oldest of too many. */
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

  // One function for all connections and one for all replies: a closure for each costs more than what it does.
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
