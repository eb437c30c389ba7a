import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Default number of characters of a chunk. */
const chunkLength = 4_096;

/** A server that answers every chat with a given text. */
export interface FakeOpenAi extends AsyncDisposable {
  readonly baseUrl: string;
  /** Sets the text of further answers, and the length of their pieces. */
  answerWith(text: string, pieceLength?: number): void;
  /** Requested paths other than a model's: these are leaks of a page that loads an address of this server. */
  leaks(): readonly string[];
}

export async function startFakeOpenAi(): Promise<FakeOpenAi> {
  let answer = 'Hello.';
  let length = chunkLength;
  const leaks: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    request.resume();
    if (!path.startsWith('/v1/')) {
      leaks.push(path);
      response.writeHead(404).end();
      return;
    }
    if (!path.endsWith('/chat/completions')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'hostile', object: 'model' }] }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of frames(answer, length)) response.write(`data: ${JSON.stringify(frame)}\n\n`);
    response.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answerWith(text, pieceLength = chunkLength) {
      answer = text;
      length = pieceLength;
    },
    leaks: () => leaks,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function* frames(text: string, length: number): Generator {
  const frame = (delta: object, finish: string | null): unknown => ({
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'hostile',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  yield frame({ role: 'assistant', content: '' }, null);
  for (let at = 0; at < text.length; at += length) yield frame({ content: text.slice(at, at + length) }, null);
  yield frame({}, 'stop');
  yield {
    ...(frame({}, null) as object),
    choices: [],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}
