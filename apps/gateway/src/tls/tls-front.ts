import type { Server as HttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { listen } from '@kumiki/service';
import type { ConnectionGuard } from '../http/connection-guard.ts';
import type { TlsFiles } from './watch-tls-files.ts';

/** A client must have ended its handshake within this time. */
const handshakeTimeoutMs = 10_000;

export interface TlsFrontOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly files: TlsFiles;
}

export interface TlsFrontParts {
  /** Gets every connection whose handshake is over, and treats it like its own. */
  readonly server: HttpServer;
  readonly connections: ConnectionGuard;
  /** What a connection may hold unsent. */
  readonly unsentBytes: number;
  readonly backlog: number;
  readonly maxConnections: number;
}

export interface TlsFront {
  readonly port: number;
  /** Stops listening, ends what has not ended its handshake, and resolves when the last connection has closed. */
  close(): Promise<void>;
}

/**
 * Listens for TLS and hands the connections on to the server of plain ones, so that there is one set of limits, deadlines and ends
 * for both. node:https would give each connection four times the memory of a plain one: its sockets have their own high-water mark.
 */
export async function openTlsFront(options: TlsFrontOptions, parts: TlsFrontParts): Promise<TlsFront> {
  const shaking = new Set<Socket>();
  const front = createServer({ noDelay: true, highWaterMark: parts.unsentBytes });
  front.maxConnections = parts.maxConnections;
  front.on('connection', (socket) => {
    if (!parts.connections.enter(socket)) return;
    shaking.add(socket);
    // A scan of ports would fill the log: a handshake that fails ends in silence.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => shaking.delete(socket));
    const timer = setTimeout(() => socket.destroy(), handshakeTimeoutMs);
    timer.unref();
    const secure = wrap(socket, options.files, parts.unsentBytes);
    const onError = (): void => void secure.destroy();
    secure.on('error', onError);
    secure.on('close', () => clearTimeout(timer));
    secure.once('secure', () => {
      clearTimeout(timer);
      shaking.delete(socket);
      if (secure.destroyed) return;
      secure.off('error', onError);
      parts.connections.secured(socket, secure);
      parts.server.emit('connection', secure);
    });
  });
  await listen(front, options.port, options.host, parts.backlog);
  const address = front.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        for (const socket of shaking) socket.destroy();
      }),
  };
}

function wrap(socket: Socket, files: TlsFiles, unsentBytes: number): TLSSocket {
  const options = {
    isServer: true,
    secureContext: files.current().context,
    ALPNProtocols: ['http/1.1'],
    highWaterMark: unsentBytes,
  };
  return new TLSSocket(socket, options);
}
