import { request } from 'node:https';
import { z } from 'zod';
import type { SecretsStep } from './config.ts';
import type { SecretData } from './plan-secrets.ts';

/** The API server must have answered within this time. */
const answerLimitMs = 30_000;
/** Largest answer: etcd takes no larger object. */
const answerLimitBytes = 4_194_304;

const secretSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

export interface SecretApi {
  /** null when there is none of that name. */
  read(name: string): Promise<SecretData | null>;
  /** Adds entries to a Secret, or replaces them. Returns false where somebody else has made it meanwhile. */
  write(name: string, data: SecretData, isNew: boolean): Promise<boolean>;
}

/** The Secrets of the namespace that this process runs in. */
export function createSecretApi({ url, token, authority, namespace }: SecretsStep['kubernetes']): SecretApi {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const ask = (method: string, at: string, body?: object): Promise<Answer> =>
    send({ url: url + at, method, token, authority, body });
  return {
    async read(name) {
      const { status, text } = await ask('GET', `${path}/${encodeURIComponent(name)}`);
      if (status === 404) return null;
      if (status !== 200) throw refused('read', name, status, text);
      const { data } = secretSchema.parse(JSON.parse(text));
      return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
    },
    async write(name, data, isNew) {
      const entries = Object.entries(data).map(([key, value]) => [key, value.toString('base64')]);
      const labels = { 'app.kubernetes.io/part-of': 'kumiki', 'app.kubernetes.io/managed-by': 'kumiki-installer' };
      const secret = { metadata: isNew ? { name, labels } : {}, data: Object.fromEntries(entries) };
      const { status, text } = isNew
        ? await ask('POST', path, { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', ...secret })
        : await ask('PATCH', `${path}/${encodeURIComponent(name)}`, secret);
      if (status === 409) return false;
      if (status !== 200 && status !== 201) throw refused('write', name, status, text);
      return true;
    },
  };
}

/** The API server's message names what it refuses, and repeats no value of a Secret. */
function refused(what: string, name: string, status: number, text: string): Error {
  const { data } = z.object({ message: z.string() }).safeParse(parse(text));
  return new Error(
    `The Secret ${name} cannot be ${what === 'read' ? 'read' : 'written'}: ${status} ${data?.message ?? ''}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly token: string;
  readonly authority: string;
  readonly body: object | undefined;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send({ url, method, token, authority, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const sent = request(
      url,
      {
        method,
        ca: authority,
        signal: AbortSignal.timeout(answerLimitMs),
        headers: { authorization: `Bearer ${token}`, 'content-type': type, accept: 'application/json' },
      },
      (reply) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        reply.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerLimitBytes) reply.destroy(new Error('the answer of the API server is too large'));
          else chunks.push(chunk);
        });
        reply.on('error', reject);
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
