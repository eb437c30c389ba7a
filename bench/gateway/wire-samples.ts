/** The prebuilt requests and replies of the gateway benchmarks. */

export const benchModel = 'bench-model';

const filler = 'The quick brown fox jumps over the lazy dog while seven wizards vex a jolly quartz sphinx. ';

/** A chat request of about 1 kB. `frames` and `pauseMs` ask the bench upstream for a stream of that shape. */
export function chatRequestBody(options: {
  readonly stream: boolean;
  readonly frames?: number;
  readonly pauseMs?: number;
  /** Events of 2 kB instead of 200 bytes, mostly padding. */
  readonly padded?: boolean;
}): string {
  return JSON.stringify({
    model: benchModel,
    messages: [
      { role: 'system', content: filler.repeat(4) },
      { role: 'user', content: filler.repeat(5) },
    ],
    temperature: 0,
    ...(options.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    max_completion_tokens: options.frames ?? 64,
    seed: options.pauseMs ?? 0,
    ...(options.padded === true ? { user: 'padded' } : {}),
  });
}

/** The bytes of a complete HTTP/1.1 POST with that body. */
export function requestBytes(body: string, apiKey: string): Buffer {
  return Buffer.from(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\n' +
      `authorization: Bearer ${apiKey}\r\ncontent-type: application/json\r\naccept: application/json\r\n` +
      `user-agent: bench\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const created = 1_760_000_000;

/** A chat reply of about 1 kB as HTTP/1.1 bytes. */
export function replyBytes(): Buffer {
  const body = JSON.stringify({
    id: 'chatcmpl-0123456789abcdef01234567',
    object: 'chat.completion',
    created,
    model: benchModel,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: filler.repeat(7), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 180, completion_tokens: 64, total_tokens: 244 },
    system_fingerprint: 'fp_bench',
  });
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/**
 * One SSE event of about 200 bytes. `tokenId` adds the comment line that a worker sends to a gateway; `padding` is the
 * number of characters in the field with which OpenAI pads its events.
 */
export function frameText(content: string, tokenId: number | null, padding = 0): string {
  const data = JSON.stringify({
    id: 'chatcmpl-0123456789abcdef01234567',
    object: 'chat.completion.chunk',
    created,
    model: benchModel,
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
    ...(padding > 0 ? { obfuscation: 'x'.repeat(padding) } : {}),
  });
  return `${tokenId === null ? '' : `: tokens 0 ${tokenId}\n`}data: ${data}\n\n`;
}

/** The end of a stream: finish chunk, usage, `[DONE]`. */
export function endText(): string {
  const head = {
    id: 'chatcmpl-0123456789abcdef01234567',
    object: 'chat.completion.chunk',
    created,
    model: benchModel,
  };
  const finish = { ...head, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] };
  const usage = { ...head, choices: [], usage: { prompt_tokens: 180, completion_tokens: 64, total_tokens: 244 } };
  return `data: ${JSON.stringify(finish)}\n\ndata: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`;
}

export function httpChunk(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}
