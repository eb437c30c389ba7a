import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { WordModel } from './word-model.ts';

/** Serves a word model's gateway on a real port, for replicas in separate processes. */
export async function serveModel(model: WordModel): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const method = request.method === 'GET' ? 'GET' : 'POST';
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      void model.gateway.json({ method, path: request.url ?? '', body, keyId: '' }, z.unknown()).then((reply) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(reply));
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
