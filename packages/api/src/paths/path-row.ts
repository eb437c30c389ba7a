import type { z } from 'zod';
import type { BackendRoute } from '../snapshot/route-table.ts';

/** Which process answers behind the one URL. */
export type PathOwner = 'gateway' | 'conversations' | 'search' | 'accounts' | 'control' | 'console';

export type PathMethod = 'GET' | 'POST' | 'DELETE';

export type BodyKind = 'none' | 'json' | 'form';

/** Limits of a request's body. */
export interface BodyLimits {
  readonly kind: BodyKind;
  /** Largest body, in bytes; 0 for none. */
  readonly maxBytes: number;
  /** Members and elements of a JSON body in total, at any depth. */
  readonly maxValues: number;
  /** The schema of a JSON body; null when the body is not read, or when the schema is private to its service. */
  readonly schema: z.ZodType | null;
}

/** One public route. The gateway admits only the routes of this table, and a service registers no others. */
export interface PathRow<Pattern extends string = string> {
  readonly method: PathMethod;
  /** `:name` matches one segment, a final `*` any rest. GET implies HEAD. */
  readonly pattern: Pattern;
  /** A path that the pattern matches, with well-formed ids that do not exist. */
  readonly sample: string;
  readonly owner: PathOwner;
  /** The role that a key needs: `any` accepts every key, null requires none. */
  readonly role: BackendRoute['role'];
  readonly body: BodyLimits;
  /** The schema of its query; null when it has none, or when the schema is private to its service. */
  readonly query: z.ZodType | null;
  /** The schema of its reply, or of each event of a stream; null for a reply that is not JSON of ours. */
  readonly reply: z.ZodType | null;
}

/** The query and the reply of a route. */
export interface Exchange {
  readonly query?: z.ZodType;
  readonly reply?: z.ZodType;
}

/** Deepest nesting of any JSON body. */
export const maxJsonDepth = 128;

/** Most members of any one object. */
export const maxObjectMembers = 4_096;

/** Body limit for requests without a key, and for bodies that hold little. */
export const smallBodyBytes = 4_096;

/** A value takes at least two bytes, its comma included, so the body limit also bounds the number of values. */
const bytesPerValue = 2;

/** Default limit of the members and elements of a JSON body. */
const defaultMaxValues = 200_000;

export const noBody: BodyLimits = { kind: 'none', maxBytes: 0, maxValues: 0, schema: null };

/** A JSON body with these limits. */
export function jsonBody(maxBytes: number, schema: z.ZodType | null, maxValues: number = defaultMaxValues): BodyLimits {
  return { kind: 'json', maxBytes, maxValues: Math.min(maxValues, Math.ceil(maxBytes / bytesPerValue)), schema };
}

/** The route needs no body and ignores one, since some clients send `{}` anyway. */
export const ignoredBody: BodyLimits = jsonBody(smallBodyBytes, null);

export function formBody(maxBytes: number): BodyLimits {
  return { kind: 'form', maxBytes, maxValues: 0, schema: null };
}

/** Makes the rows of one service and one role. */
export interface PathGroup {
  get<Pattern extends string>(pattern: Pattern, exchange?: Exchange): PathRow<Pattern>;
  post<Pattern extends string>(pattern: Pattern, body: BodyLimits, exchange?: Exchange): PathRow<Pattern>;
  delete<Pattern extends string>(pattern: Pattern, exchange?: Exchange): PathRow<Pattern>;
}

/** Ids that do not exist, by the name of the segment. */
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
