import type { z } from 'zod';
import type { BackendRoute } from '../snapshot/route-table.ts';

/** Which process answers behind the one URL. */
export type PathOwner = 'gateway' | 'conversations' | 'search' | 'accounts' | 'control' | 'console';

export type PathMethod = 'GET' | 'POST' | 'DELETE';

export type BodyKind = 'none' | 'json' | 'form';

/** What a request's body may be. */
export interface BodyLimits {
  readonly kind: BodyKind;
  /** Largest body, in bytes; 0 for none. */
  readonly maxBytes: number;
  /** Members and elements of a JSON body in all, however deep. */
  readonly maxValues: number;
  /** What a JSON body is checked against; null where nothing of it is read, or its service keeps the schema to itself. */
  readonly schema: z.ZodType | null;
}

/** One public route: the gateway admits what stands here, and a service registers nothing else. */
export interface PathRow<Pattern extends string = string> {
  readonly method: PathMethod;
  /** `:name` stands for one segment, a last `*` for any rest. GET implies HEAD. */
  readonly pattern: Pattern;
  /** A path that the pattern matches, with ids of the right form that name nothing. */
  readonly sample: string;
  readonly owner: PathOwner;
  /** The role that a key needs; every key will do with `any`, and none is asked for with null. */
  readonly role: BackendRoute['role'];
  readonly body: BodyLimits;
  /** What its query may hold; null where it has none, or its service keeps the schema to itself. */
  readonly query: z.ZodType | null;
  /** What it answers with, or each event of a stream; null for what is no JSON of ours. */
  readonly reply: z.ZodType | null;
}

/** What goes over a route besides its body. */
export interface Exchange {
  readonly query?: z.ZodType;
  readonly reply?: z.ZodType;
}

/** Deepest nesting of any JSON body. */
export const maxJsonDepth = 128;

/** Most members of any one object. */
export const maxObjectMembers = 4_096;

/** What is read from somebody who has shown no key, or of a body that says little. */
export const smallBodyBytes = 4_096;

/** A value takes two bytes at least, its comma included: what is shorter cannot hold more. */
const bytesPerValue = 2;

/** Members and elements of a JSON body in all, where its route says nothing else. */
const defaultMaxValues = 200_000;

export const noBody: BodyLimits = { kind: 'none', maxBytes: 0, maxValues: 0, schema: null };

/** A JSON body with these limits. */
export function jsonBody(maxBytes: number, schema: z.ZodType | null, maxValues: number = defaultMaxValues): BodyLimits {
  return { kind: 'json', maxBytes, maxValues: Math.min(maxValues, Math.ceil(maxBytes / bytesPerValue)), schema };
}

/** Nothing is asked for, and what clients send all the same (`{}`) does no harm. */
export const ignoredBody: BodyLimits = jsonBody(smallBodyBytes, null);

export function formBody(maxBytes: number): BodyLimits {
  return { kind: 'form', maxBytes, maxValues: 0, schema: null };
}

/** What the rows of one service have in common. */
export interface PathGroup {
  get<Pattern extends string>(pattern: Pattern, exchange?: Exchange): PathRow<Pattern>;
  post<Pattern extends string>(pattern: Pattern, body: BodyLimits, exchange?: Exchange): PathRow<Pattern>;
  delete<Pattern extends string>(pattern: Pattern, exchange?: Exchange): PathRow<Pattern>;
}

/** Ids that are nobody's, by the name of the segment. */
const sampleIds: Readonly<Record<string, string>> = {
  model: 'none',
  response: 'resp_none',
  conversation: 'conv_none',
  item: 'msg_none',
  batch: 'batch_none',
  chat: 'chat_none',
  project: 'none',
  file: 'file-none',
  store: 'vs_none',
  file_batch: 'vsfb_none',
  rest: 'none',
};

export function pathGroup(owner: PathOwner, role: PathRow['role']): PathGroup {
  const row = <Pattern extends string>(
    method: PathMethod,
    pattern: Pattern,
    body: BodyLimits,
    exchange: Exchange = {},
  ): PathRow<Pattern> => {
    const sample = pattern.replace(/:(\w+)/g, (_, name: string) => sampleIds[name] ?? 'none').replace(/\*$/, 'none');
    return { method, pattern, sample, owner, role, body, query: exchange.query ?? null, reply: exchange.reply ?? null };
  };
  return {
    get: (pattern, exchange) => row('GET', pattern, noBody, exchange),
    post: (pattern, body, exchange) => row('POST', pattern, body, exchange),
    delete: (pattern, exchange) => row('DELETE', pattern, ignoredBody, exchange),
  };
}
