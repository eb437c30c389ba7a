import { connect, Socket } from 'node:net';
import type { EgressGuard } from '../egress/egress-guard.ts';
import type { Deadline, DeadlineWheel } from './deadline-wheel.ts';

/** An origin and its idle connections, of which the last used one is at the end. */
export interface Origin {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  /** Value of the `host` header. */
  readonly authority: string;
  readonly idle: Connection[];
  /** Number of its connections that are not closed. */
  connections: number;
}

/** What a connection needs from the pool that owns it. */
export interface ConnectionOwner {
  readonly wheel: DeadlineWheel;
  readonly idleTimeoutMs: number;
  /** Checks connections against the egress policy; null for servers that the installation runs. */
  readonly guard: EgressGuard | null;
  /** Whether one more connection of this origin may be kept. */
  mayKeep(origin: Origin): boolean;
  onClosed(connection: Connection): void;
}

/** The exchange that a connection carries, as the connection calls it. */
export interface Carried {
  onConnected(): void;
  onRead(bytes: Buffer): void;
  onSocketError(error: NodeJS.ErrnoException): void;
  onSocketEnd(): void;
}

/** Most bytes of one read. */
const readBufferBytes = 65_536;

/**
 * One buffer serves all connections, since it is filled and read within one callback. Windows keeps the buffer while it waits
 * for data, so that each connection needs its own there.
 */
const sharedReadBuffer = process.platform === 'win32' ? null : Buffer.allocUnsafeSlow(readBufferBytes);

/** An idle connection is closed this long before the server's announced time, since a request takes a while to arrive. */
const keepAliveMarginMs = 1_000;

/** A TCP connection that carries one exchange at a time. */
export class Connection {
  readonly origin: Origin;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  #exchange: Carried | null = null;
  #idleDeadline: Deadline | null = null;
  #connected = false;
  #closed = false;

  constructor(origin: Origin, owner: ConnectionOwner) {
    this.origin = origin;
    this.#owner = owner;
    this.#socket = this.#dial();
    this.#socket.on('connect', () => {
      this.#connected = true;
      this.#exchange?.onConnected();
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('close', () => this.#onEnd());
  }

  #dial(): Socket {
    const { host, port } = this.origin;
    const { guard } = this.#owner;
    const refusal = guard?.refusalOf(host, port) ?? null;
    if (refusal !== null) return new Socket().destroy(refusal);
    const buffer = sharedReadBuffer ?? Buffer.allocUnsafeSlow(readBufferBytes);
    return connect({
      host,
      port,
      noDelay: true,
      // The connection goes only to addresses that were checked.
      ...(guard === null ? {} : { lookup: guard.lookupFor(port) }),
      onread: {
        buffer,
        callback: (count) => {
          this.#onRead(buffer.subarray(0, count));
          return true;
        },
      },
    });
  }

  get socket(): Socket {
    return this.#socket;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Gives the new or idle connection its next exchange. */
  begin(exchange: Carried): void {
    this.#idleDeadline?.clear();
    this.#idleDeadline = null;
    this.#exchange = exchange;
  }

  /** The exchange has ended and the connection is clean: keeps it for the next exchange, or closes it. */
  release(keepAliveTimeoutMs: number | null): void {
    this.#exchange = null;
    const waitMs = Math.min(this.#owner.idleTimeoutMs, (keepAliveTimeoutMs ?? Infinity) - keepAliveMarginMs);
    // Unsent bytes of this request would be taken for the beginning of the next one.
    if (this.#closed || waitMs <= 0 || this.#socket.writableLength > 0 || !this.#owner.mayKeep(this.origin)) {
      this.close();
      return;
    }
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#idleDeadline = this.#owner.wheel.arm(waitMs, () => this.close());
    this.origin.idle.push(this);
  }

  /** Closes at once, without a call to its exchange. */
  close(): void {
    this.#exchange = null;
    this.#idleDeadline?.clear();
    this.#idleDeadline = null;
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#owner.onClosed(this);
  }

  #onRead(bytes: Buffer): void {
    // Unrequested bytes: the next exchange would take them for its reply.
    if (this.#exchange === null) this.close();
    else this.#exchange.onRead(bytes);
  }

  #onError(error: NodeJS.ErrnoException): void {
    const exchange = this.#exchange;
    this.close();
    exchange?.onSocketError(error);
  }

  #onEnd(): void {
    const exchange = this.#exchange;
    this.close();
    exchange?.onSocketEnd();
  }
}
