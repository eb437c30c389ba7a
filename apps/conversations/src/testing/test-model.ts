import { Readable } from 'node:stream';
import type { GatewayCall, GatewayClient, GatewayReply } from '@kumiki/service';

export interface TestModel extends GatewayClient {
  /** Chats that were started. */
  readonly calls: GatewayCall[];
  /** Called with each chat before it is answered; may delay the answer, or throw the refusal. */
  onChat: (call: GatewayCall) => void | Promise<void>;
}

/** An in-memory gateway with a model that says hello, for tests with many runs or failing ones. */
export function createTestModel(): TestModel {
  const send = async (call: GatewayCall): Promise<GatewayReply> => {
    model.calls.push(call);
    await Promise.race([model.onChat(call), aborted(call.signal)]);
    return { status: 200, headers: {}, body: Readable.from(frames()) as GatewayReply['body'] };
  };
  const model: TestModel = {
    calls: [],
    onChat: () => {},
    send,
    exchange: send,
    json: <Value>() => Promise.resolve({ object: 'model', data: [], usage: { prompt_tokens: 1 } } as Value),
    close() {},
  };
  return model;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}

function* frames(): Generator<Buffer> {
  const chunk = (delta: object, finish: string | null): Buffer =>
    Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
  yield chunk({ content: 'hello' }, null);
  yield chunk({}, 'stop');
  yield Buffer.from('data: [DONE]\n\n');
}
