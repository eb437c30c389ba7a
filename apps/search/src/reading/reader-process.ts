import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import { readDocument } from './read-document.ts';
import { decodeRequest } from './read-request.ts';

/**
 * Program that parses one document: request and document come on stdin, lines of JSON go to stdout. It is started
 * without environment and without permission to write, to start processes or to read anything but our code. This file
 * closes what Node's permission model leaves open.
 */

const noNetwork = (): never => {
  throw new Error('A parser may not use the network.');
};
Socket.prototype.connect = noNetwork;
Object.assign(globalThis, { fetch: noNetwork, WebSocket: undefined, EventSource: undefined });

// Libraries log warnings to the console, and stdout is for the result.
const silent = (): void => undefined;
Object.assign(globalThis.console, { log: silent, info: silent, debug: silent, warn: silent, error: silent });

const parts: Buffer[] = [];
for await (const part of process.stdin) parts.push(part as Buffer);
const input = Buffer.concat(parts);
parts.length = 0;
const { request, dataAt } = decodeRequest(input);
// PDF.js needs a plain array that it may transfer.
await readDocument(new Uint8Array(input.subarray(dataAt)), request, (line) => void process.stdout.write(line));
