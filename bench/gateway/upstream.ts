/**
 * The model server of the gateway benchmarks, in a separate process: answers at once with prebuilt bytes and does as
 * little as possible, so that the proxy is measured. Sends its port to its parent.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { endText, frameText, httpChunk, replyBytes } from './wire-samples.ts';

const reply = replyBytes();
const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n',
);
const plainFrame = httpChunk(frameText(' benchmark', null));
const tokenFrame = httpChunk(frameText(' benchmark', 1234));
const paddedFrame = httpChunk(frameText(' benchmark', 1234, 1_800));
const streamEnd = Buffer.concat([httpChunk(endText()), Buffer.from('0\r\n\r\n')]);

interface OpenStream {
  readonly socket: Socket;
  readonly frame: Buffer;
  framesLeft: number;
}

/** Paced streams by their pause in milliseconds, with one set for each millisecond of the pause. */
const paced = new Map<number, { next: number; readonly streams: readonly Set<OpenStream>[] }>();

const server = createServer({ noDelay: true }, (socket) => {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    for (let end = requestEnd(pending); end > 0; end = requestEnd(pending)) {
      answer(socket, pending.toString('latin1', 0, end));
      pending = pending.subarray(end);
    }
  });
});

/** The end of the first complete request in the bytes; 0 while it is incomplete. */
function requestEnd(bytes: Buffer): number {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return 0;
  const length = /content-length: *(\d+)/i.exec(bytes.toString('latin1', 0, headEnd));
  const end = headEnd + 4 + Number(length?.[1] ?? 0);
  return bytes.length >= end ? end : 0;
}

function answer(socket: Socket, request: string): void {
  if (!request.includes('"stream":true')) {
    socket.write(reply);
    return;
  }
  const frames = Number(/"max_completion_tokens":(\d+)/.exec(request)?.[1] ?? 64);
  const pauseMs = Number(/"seed":(\d+)/.exec(request)?.[1] ?? 0);
  const namesTokens = /x-kumiki-token-ids: *1/i.test(request);
  const frame = request.includes('"user":"padded"') ? paddedFrame : namesTokens ? tokenFrame : plainFrame;
  const stream: OpenStream = { socket, frame, framesLeft: frames };
  socket.write(streamHead);
  if (pauseMs === 0) flood(stream);
  else pace(stream, pauseMs);
}

/** Writes as fast as the client reads. */
function flood(stream: OpenStream): void {
  while (stream.framesLeft > 0) {
    stream.framesLeft -= 1;
    if (!stream.socket.write(stream.frame)) {
      stream.socket.once('drain', () => flood(stream));
      return;
    }
  }
  stream.socket.write(streamEnd);
}

/**
 * The first frame at once, then one every `pauseMs`. Streams are spread over the milliseconds of the pause, like the
 * batches of several engines, so that a proxy cannot handle all of them in one wake-up.
 */
function pace(stream: OpenStream, pauseMs: number): void {
  let phases = paced.get(pauseMs);
  if (phases === undefined) {
    phases = { next: 0, streams: Array.from({ length: pauseMs }, () => new Set()) };
    paced.set(pauseMs, phases);
    const { streams } = phases;
    let now = 0;
    setInterval(() => tick(streams[now++ % pauseMs]), 1);
  }
  phases.streams[phases.next++ % pauseMs]?.add(stream);
  stream.framesLeft -= 1;
  stream.socket.write(stream.frame);
}

function tick(streams: Set<OpenStream> = new Set()): void {
  for (const stream of streams) {
    if (stream.socket.destroyed) streams.delete(stream);
    else if (stream.framesLeft > 0) {
      stream.framesLeft -= 1;
      stream.socket.write(stream.frame);
    } else {
      streams.delete(stream);
      stream.socket.write(streamEnd);
    }
  }
}

server.listen(0, '127.0.0.1', 4_096, () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
