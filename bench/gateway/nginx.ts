import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@kumiki/testing';
import { type BenchProcess, startProcess } from './child-process.ts';

/** nginx's version, or null when it is not installed. */
export function nginxVersion(): string | null {
  const result = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  return result.status === 0 ? (/nginx\/[\d.]+/.exec(result.stderr)?.[0] ?? 'nginx') : null;
}

/** nginx as a plain reverse proxy without buffering: one worker, keep-alive on both sides, no log. */
export async function startNginx(folder: string, upstreamPort: number, core: number): Promise<BenchProcess> {
  const port = await freePort();
  const home = join(folder, 'nginx');
  mkdirSync(home);
  writeFileSync(
    join(home, 'nginx.conf'),
    `daemon off; master_process off; worker_processes 1; pid ${home}/nginx.pid; error_log ${home}/error.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 10000000; client_max_body_size 32m; client_body_buffer_size 64k;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;
  upstream model { server 127.0.0.1:${upstreamPort}; keepalive 512; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://model; proxy_http_version 1.1; proxy_set_header connection ""; proxy_buffering off;
    }
  }
}
`,
  );
  return startProcess({ command: ['nginx', '-p', home, '-c', join(home, 'nginx.conf')], core, port });
}
