/**
 * The minimal proxy in the same language: `node:http` in front and undici behind, without authentication, counting or
 * recovery. Sends its port to its parent. Argument: the upstream's origin.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Readable, pipeline } from 'node:stream';

interface Upstream {
  request(options: {
    readonly path: string;
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Readable;
  }): Promise<{ readonly statusCode: number; readonly headers: IncomingHttpHeaders; readonly body: Readable }>;
}

/** The same version of undici as the gateway's. */
const { Pool } = createRequire(new URL('../../apps/gateway/package.json', import.meta.url))('undici') as {
  readonly Pool: new (origin: string, options: { connections: number; pipelining: number }) => Upstream;
};

const pool = new Pool(process.argv[2] ?? '', { connections: 4_096, pipelining: 1 });

const server = createServer((request, response) => {
  pool
    .request({
      path: request.url ?? '/',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': request.headers['content-length'] ?? '0' },
      body: request,
    })
    .then(({ statusCode, headers, body }) => {
      const kept: Record<string, string | string[]> = {};
      for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined && name !== 'transfer-encoding' && name !== 'connection') kept[name] = value;
      }
      response.writeHead(statusCode, kept);
      pipeline(body, response, () => {});
    })
    .catch(() => response.destroy());
});

server.listen(0, '127.0.0.1', 4_096, () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
