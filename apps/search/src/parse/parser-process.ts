import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import { parseBytes } from './parse-bytes.ts';

/**
 * The body of the process that reads one document: the name's length (4 bytes), the name and the document come in on
 * stdin, one line of JSON goes out. It is started without environment, without rights to write, to start processes or
 * to read anything but our code; what Node's permissions leave open is closed here.
 */

const noNetwork = (): never => {
  throw new Error('A parser may not use the network.');
};
Socket.prototype.connect = noNetwork;
Object.assign(globalThis, { fetch: noNetwork, WebSocket: undefined, EventSource: undefined });

// Libraries complain about documents on the console, and stdout is for the result.
const silent = (): void => undefined;
Object.assign(globalThis.console, { log: silent, info: silent, debug: silent, warn: silent, error: silent });

const nameLengthBytes = 4;

const parts: Buffer[] = [];
for await (const part of process.stdin) parts.push(part as Buffer);
const input = Buffer.concat(parts);
parts.length = 0;
const dataAt = nameLengthBytes + input.readUInt32LE(0);
const filename = input.toString('utf8', nameLengthBytes, dataAt);
// PDF.js wants a plain array that it may take over.
const result = await parseBytes(new Uint8Array(input.subarray(dataAt)), filename);
process.stdout.write(`${JSON.stringify(result)}\n`);
