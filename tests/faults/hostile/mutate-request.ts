/** Random mutations of valid requests. The same random numbers give the same requests. */
import type { Json } from './grow-body.ts';
import { hostileHeaders, hostileQueries, hostileTexts } from './hostile-values.ts';
import { mutateBody } from './mutate-body.ts';
import { mutateForm } from './mutate-form.ts';

export interface MutableRoute {
  readonly method: string;
  /** With `:name` segments. */
  readonly pattern: string;
  readonly body: 'none' | 'json' | 'form';
  /** A valid JSON body; null when none is known. */
  readonly sample: Json | null;
}

export interface MutationSource {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly routes: readonly MutableRoute[];
  /** An id for `:kind`: an own one, another project's, or one that does not exist. */
  readonly idFor: (kind: string) => string;
}

export interface MutatedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
}

const methods = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'];

export function mutateRequest(source: MutationSource): MutatedRequest {
  const { random, routes, idFor } = source;
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const sometimes = (share: number): boolean => random() < share;
  const route = one(routes);
  const hostile = sometimes(0.2) ? one(hostileTexts) : null;
  const filled = route.pattern.replace(/:(\w+)/g, (_, kind: string) => encodeId(hostile ?? idFor(kind)));
  let path = sometimes(0.15) ? `${filled}?${one(hostileQueries)}` : filled;
  if (sometimes(0.02)) path += one(['/', '//', '/..', '/%2e%2e', '/%00', ';a=b', '%', '%zz', '#x']);
  const method = sometimes(0.04) ? one(methods) : route.method;
  const headers: Record<string, string> = {};
  for (let count = sometimes(0.25) ? 1 + Math.floor(random() * 3) : 0; count > 0; count--) {
    const [name, value] = one(hostileHeaders);
    headers[name] = value;
  }
  if (route.body === 'form' && sometimes(0.9)) {
    const { contentType, body } = mutateForm(random);
    return { method, path: toAscii(path), headers: { 'content-type': contentType, ...headers }, body };
  }
  const bare = route.body === 'none' && !sometimes(0.1);
  const body = bare ? null : mutateBody(route.sample ?? {}, source);
  return { method, path: toAscii(path), headers: { 'content-type': 'application/json', ...headers }, body };
}

/** Encodes a path segment; a lone surrogate, which cannot be encoded, is sent as its bytes. */
function encodeId(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ed%a0%80';
  }
}

/** Node accepts only these characters in a path. */
function toAscii(path: string): string {
  return path.replace(/[^\x21-\x7e]/gu, (character) => encodeId(character));
}
