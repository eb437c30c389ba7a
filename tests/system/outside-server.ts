import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContinuationMode, ModelRoute } from '@kumiki/api';

/** An outside model server: it implements the OpenAI API without token ids. */
export interface OutsideServer extends AsyncDisposable {
  /** The route that the local runtime makes for an engine of the kind `openai`. */
  readonly route: ModelRoute;
  /** Number of chats that it received. */
  calls(): number;
}

/** Instead of a word: the stream stays open without further data. */
export const wait = Symbol('wait');
/** Instead of a word: the connection breaks. */
export const breakOff = Symbol('break off');

/** The script of a call, counted from 1. */
type Script = (call: number) => readonly (string | typeof wait | typeof breakOff)[];

export async function startOutsideServer(
  model: string,
  continuation: ContinuationMode,
  script: Script,
): Promise<OutsideServer> {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    answer(response, model, script(++calls));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    route: {
      model,
      aliases: [],
      task: 'chat',
      service: model,
      created: 1_760_000_000,
      deadlines: {
        connectMs: 1_000,
        headersMs: 60_000,
        firstTokenMs: 120_000,
        betweenTokensMs: 60_000,
        totalMs: 600_000,
      },
      endpoints: [
        {
          id: `${model}-remote-0`,
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          authorization: null,
          upstreamModel: null,
          revision: 'remote',
          state: 'ready',
          continuation,
          maxInFlight: 256,
          egress: 'outside',
          healthProbe: false,
        },
      ],
    },
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, model: string, words: ReturnType<Script>): void {
  const send = (delta: object, finish: string | null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { id: 'chatcmpl-outside', object: 'chat.completion.chunk', created: 1_760_000_000, model, choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send({ role: 'assistant', content: '' }, null);
  for (const word of words) {
    if (word === wait) return;
    if (word === breakOff) return void response.write('', () => response.destroy());
    send({ content: word }, null);
  }
  send({}, 'stop');
  response.end('data: [DONE]\n\n');
}
