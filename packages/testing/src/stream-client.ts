import { Agent, request } from 'node:http';
import { type StreamRecord, createStreamReader } from './stream-record.ts';

export interface StreamOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly agent: Agent;
}

export function streamAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1_024, maxFreeSockets: 1_024 });
}

/** Reads one streamed chat completion to its end. Never rejects: failures are in the record. */
export function readStream(options: StreamOptions): Promise<StreamRecord> {
  const payload = JSON.stringify({ ...options.body, stream: true, stream_options: { include_usage: true } });
  const reader = createStreamReader();
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: options.port,
        path: '/v1/chat/completions',
        method: 'POST',
        agent: options.agent,
        headers: {
          authorization: `Bearer ${options.apiKey}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(payload),
        },
      },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (text: string) => reader.read(text));
        response.on('end', () => resolve(reader.end(response.statusCode ?? 0)));
        response.on('error', (error) => {
          reader.fail(`connection: ${error.message}`);
          resolve(reader.end(response.statusCode ?? 0));
        });
      },
    );
    outgoing.on('error', (error) => {
      reader.fail(`request: ${error.message}`);
      resolve(reader.end(0));
    });
    outgoing.end(payload);
  });
}
