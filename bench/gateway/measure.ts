import { type BenchProcess, performLoad } from './child-process.ts';
import { chatRequestBody, requestBytes } from './wire-samples.ts';

/** The measurements of one proxy in one round. */
export interface Round {
  /** CPU seconds of the proxy per 1,000 requests of 1 kB; null for the direct connection. */
  readonly cpuPerThousand: number | null;
  readonly cpuMicrosPerChunk: number | null;
  readonly latencyMsP50: number;
  readonly firstTokenMsP50: number;
}

/** Requests before each round, so that the first is not dominated by compilation. */
const warmRequests = 2_000;
const busyConnections = 32;
const busyRequests = 4_000;
const streamConnections = 48;
const streamFrames = 300;
const framePauseMs = 5;
const quietRequests = 400;
const quietStreams = 200;

const base64 = (body: string, apiKey: string): string => requestBytes(body, apiKey).toString('base64');

/**
 * Measures a target with requests, streams, and single requests on an idle connection.
 * @param share of the requests and streams to make.
 */
export async function measureRound(
  load: BenchProcess,
  port: number,
  apiKey: string,
  proxy: BenchProcess | null,
  share: number,
): Promise<Round> {
  const of = (count: number): number => Math.ceil(count * share);
  const closedLoop = (request: string, streamed: boolean, connections: number, exchanges: number) =>
    performLoad(load, { kind: 'closed-loop', port, request, streamed, connections, exchanges });
  const plain = base64(chatRequestBody({ stream: false }), apiKey);
  const short = base64(chatRequestBody({ stream: true, frames: 4 }), apiKey);
  const long = base64(chatRequestBody({ stream: true, frames: streamFrames, pauseMs: framePauseMs }), apiKey);

  await closedLoop(plain, false, busyConnections, of(warmRequests));
  const quiet = await closedLoop(plain, false, 1, of(quietRequests));
  const quietStream = await closedLoop(short, true, 1, of(quietStreams));
  if (proxy === null) {
    return {
      cpuPerThousand: null,
      cpuMicrosPerChunk: null,
      latencyMsP50: quiet.totalMsP50,
      firstTokenMsP50: quietStream.firstMsP50,
    };
  }
  const beforeRequests = proxy.cpuSeconds();
  await closedLoop(plain, false, busyConnections, of(busyRequests));
  const beforeStreams = proxy.cpuSeconds();
  await closedLoop(long, true, streamConnections, of(streamConnections));
  const afterStreams = proxy.cpuSeconds();
  return {
    cpuPerThousand: ((beforeStreams - beforeRequests) / of(busyRequests)) * 1_000,
    cpuMicrosPerChunk: ((afterStreams - beforeStreams) / (of(streamConnections) * streamFrames)) * 1e6,
    latencyMsP50: quiet.totalMsP50,
    firstTokenMsP50: quietStream.firstMsP50,
  };
}
