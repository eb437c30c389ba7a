import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import { readDocument } from './read-document.ts';
import { decodeRequest } from './read-request.ts';

/**
 * The body of the process that reads one document: request and document come in on stdin, lines of JSON go out. It is
 * started without environment, without rights to write, to start processes or to read anything but our code; what Node's
 * permissions leave open is closed here.
 */

const noNetwork = (): never => {
  throw new Error('A parser may not use the network.');
};
Socket.prototype.connect = noNetwork;
Object.assign(globalThis, { fetch: noNetwork, WebSocket: undefined, EventSource: undefined });

// Libraries complain about documents on the console, and stdout is for the result.
const silent = (): void => undefined;
Object.assign(globalThis.console, { log: silent, info: silent, debug: silent, warn: silent, error: silent });

const parts: Buffer[] = [];
for await (const part of process.stdin) parts.push(part as Buffer);
const input = Buffer.concat(parts);
parts.length = 0;
const { request, dataAt } = decodeRequest(input);
// PDF.js wants a plain array that it may take over.
await readDocument(new Uint8Array(input.subarray(dataAt)), request, (line) => void process.stdout.write(line));
