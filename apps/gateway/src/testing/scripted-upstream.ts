import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '@kumiki/api';

export interface ReceivedRequest {
  readonly body: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
  /** Resolves when the gateway has ended the exchange. */
  readonly closed: Promise<void>;
}

/** A model server that a test scripts. It speaks real HTTP on a real socket. */
export interface ScriptedUpstream {
  readonly received: ReceivedRequest[];
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

export interface UpstreamChange extends Partial<Endpoint> {
  /** False: `GET /health` is never answered, as with a stopped process. */
  readonly answersHealth?: boolean;
}

export type Script = (body: Record<string, unknown>, response: ServerResponse, nth: number) => void;

export async function startScriptedUpstream(
  id: string,
  script: Script,
  change: UpstreamChange = {},
): Promise<ScriptedUpstream> {
  const received: ReceivedRequest[] = [];
  const { answersHealth = true, ...endpointChange } = change;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/health') return void (answersHealth && response.end());
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const closed = new Promise<void>((resolve) => response.once('close', resolve));
      received.push({ body, headers: request.headers, closed });
      script(body, response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    received,
    endpoint: {
      id,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      authorization: 'Bearer worker-secret',
      upstreamModel: null,
      revision: 'r1',
      state: 'ready',
      continuation: 'token_ids',
      maxInFlight: 8,
      egress: 'internal',
      healthProbe: false,
      ...endpointChange,
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface FrameOptions {
  readonly id?: string;
  readonly tokens?: readonly number[];
  readonly finish?: string;
  readonly role?: boolean;
}

/** One frame of a chat stream, with its token comment where tokens are given. */
export function chatFrame(content: string, options: FrameOptions = {}): string {
  const delta = {
    ...(options.role === true ? { role: 'assistant' } : {}),
    ...(options.finish === undefined ? { content } : {}),
  };
  const chunk = {
    id: options.id ?? 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: options.finish ?? null, logprobs: null }],
    usage: null,
  };
  const comment = options.tokens === undefined ? '' : `: tokens 0 ${options.tokens.join(',')}\n`;
  return `${comment}data: ${JSON.stringify(chunk)}\n\n`;
}

export const usageFrame = `data: ${JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
  choices: [],
  usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
})}\n\n`;

export const doneFrame = 'data: [DONE]\n\n';

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}
