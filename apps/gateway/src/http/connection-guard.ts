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
  /** Itself, or what came of it after the handshake of TLS. */
  socket: Socket;
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
  /** Counts a connection that no server has yet. Returns false where there were too many, and it is ended. */
  enter(socket: Socket): boolean;
  /** Takes what came of such a connection after the handshake of TLS for the same one. */
  secured(socket: Socket, secure: Socket): void;
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
  const idle = createIdleSockets(limits, end);
  const addresses = createAddressCounts(limits.perAddress);
  let ended = 0;

  function end(socket: Socket): void {
    ended++;
    socket.destroy();
  }

  // One function for all connections and one for all replies: a closure for each would cost more than its work.
  function onClose(this: Socket): void {
    const connection = connections.get(this);
    if (connection === undefined) return;
    if (connection.address !== null) addresses.leave(connection.address);
    connections.delete(this);
    connections.delete(connection.socket);
    idle.leave(connection.socket);
  }
  function onReplyClose(this: ServerResponse): void {
    const { socket } = this.req;
    const connection = connections.get(socket);
    if (connection === undefined || --connection.open > 0 || socket.destroyed) return;
    idle.rest(socket, connection.known);
  }

  function begin(socket: Socket): boolean {
    if (connections.has(socket)) return true;
    const peer = socket.remoteAddress ?? '';
    const address = origin.isExempt(peer) ? null : networkOf(peer);
    if (address !== null && !addresses.enter(address)) {
      end(socket);
      return false;
    }
    connections.set(socket, { socket, address, open: 0, known: false });
    socket.on('close', onClose);
    idle.begin(socket);
    return true;
  }

  return {
    watch(server) {
      server.on('connection', begin);
      server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        const connection = connections.get(socket);
        if (connection === undefined) return;
        if (connection.open++ === 0) idle.leave(socket);
        response.on('close', onReplyClose);
      });
    },
    enter: begin,
    secured(socket, secure) {
      const connection = connections.get(socket);
      if (connection === undefined) return;
      connection.socket = secure;
      connections.set(secure, connection);
      idle.leave(socket);
      idle.begin(secure);
    },
    vouch({ socket }) {
      const connection = connections.get(socket);
      if (connection !== undefined) connection.known = true;
    },
    ended: () => ended,
  };
}

/** How many connections each address has. */
function createAddressCounts(most: number) {
  const counts = new Map<string, number>();
  return {
    /** Counts one more. Returns false, and does not count it, where there are too many. */
    enter(address: string): boolean {
      const count = (counts.get(address) ?? 0) + 1;
      if (count > most) return false;
      counts.set(address, count);
      return true;
    },
    leave(address: string): void {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    },
  };
}

/** The sockets without an open request; the oldest of each kind is ended where there are too many. */
function createIdleSockets(limits: ConnectionLimits, end: (socket: Socket) => void) {
  const fresh = new Set<Socket>();
  const resting = new Set<Socket>();
  const restingUnknown = new Set<Socket>();
  /** Adds to a set, which keeps the order of insertion, and ends the oldest beyond the limit. */
  function enter(set: Set<Socket>, socket: Socket, most: number): void {
    set.add(socket);
    if (set.size <= most) return;
    const [oldest] = set;
    if (oldest === undefined) return;
    set.delete(oldest);
    end(oldest);
  }
  return {
    begin: (socket: Socket) => enter(fresh, socket, limits.fresh),
    rest(socket: Socket, known: boolean): void {
      if (known) enter(resting, socket, limits.resting);
      else enter(restingUnknown, socket, limits.restingUnknown);
    },
    leave(socket: Socket): void {
      if (fresh.delete(socket) || resting.delete(socket)) return;
      restingUnknown.delete(socket);
    },
  };
}
