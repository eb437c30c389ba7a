import { z } from 'zod';
import { keyLimitsSchema } from '../snapshot/key-limits.ts';
import { type KeyRecord, keyRecordSchema, roles } from '../snapshot/key-record.ts';
import { projectLimitsSchema } from '../snapshot/project-limits.ts';
import type { SessionRecord } from '../snapshot/session-record.ts';

/**
 * The stream by which gateways follow keys, sessions and limits of projects: lines of JSON. The complete state comes first
 * (`begin`, an `item` for each key, session and project, `end`), then every change with its number, and heartbeats. It is
 * served on a separate listener, which clients never reach.
 *
 * Numbers have no gaps. A reader that misses one connects again, and gets the complete state. Readers ignore members,
 * types and kinds that they do not know, so that accounts and gateways can be updated in any order.
 */
export const accountsStreamPath = '/v1/kumiki/snapshot';

/** Is raised when existing readers could no longer read the stream. */
export const accountsStreamVersion = 1;

/** Time between two heartbeats. */
export const accountsHeartbeatMs = 2_000;

/** Longest line. A key with 256 models of 255 characters has 66,000 bytes; a service's key has its paths besides. */
export const maxAccountsLineBytes = 262_144;

const text = z.string().max(255);
const id = text.min(1);
const hash = keyRecordSchema.shape.hash;
const seconds = z.int().min(0);

const streamedKeySchema = z.object({
  id,
  name: text,
  project: text,
  hash,
  roles: z.array(z.enum(roles)),
  models: z.array(z.string()).nullable(),
  paths: keyRecordSchema.shape.paths,
  limits: keyLimitsSchema,
  expires_at: seconds.nullable(),
});

const streamedSessionSchema = z.object({ id, hash, key_id: id, created_at: seconds, expires_at: seconds });

/** What one key, session or project is now; null when it is gone, or when a project has the defaults again. */
export const accountsItemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('key'), id, value: streamedKeySchema.nullable() }),
  z.object({ kind: z.literal('session'), id, value: streamedSessionSchema.nullable() }),
  z.object({ kind: z.literal('project_limits'), id, value: projectLimitsSchema.nullable() }),
]);
export type AccountsItem = z.infer<typeof accountsItemSchema>;

const number = z.int().min(0);

export const accountsLineSchema = z.discriminatedUnion('type', [
  /** The state after the change with this number follows. */
  z.object({ type: z.literal('begin'), version: z.int(), number }),
  /** `item` is an AccountsItem, or of a kind that the reader does not know. */
  z.object({ type: z.literal('item'), item: z.unknown() }),
  /** The number of items of the whole. */
  z.object({ type: z.literal('end'), count: z.int().min(0) }),
  z.object({ type: z.literal('change'), number, item: z.unknown() }),
  /** The number of the last change, and the milliseconds since the database confirmed it. */
  z.object({ type: z.literal('heartbeat'), number, age_ms: z.number().min(0) }),
]);
export type AccountsLine = z.infer<typeof accountsLineSchema>;

export function streamKey({ expiresAt, ...key }: KeyRecord): z.infer<typeof streamedKeySchema> {
  return {
    ...key,
    roles: [...key.roles],
    models: key.models === null ? null : [...key.models],
    paths: key.paths === undefined ? undefined : [...key.paths],
    expires_at: expiresAt,
  };
}

export function readStreamedKey({
  expires_at: expiresAt,
  paths,
  ...key
}: z.infer<typeof streamedKeySchema>): KeyRecord {
  return { ...key, ...(paths === undefined ? {} : { paths }), expiresAt };
}

export function streamSession(session: SessionRecord): z.infer<typeof streamedSessionSchema> {
  const { id: sessionId, hash: sessionHash, keyId, createdAt, expiresAt } = session;
  return { id: sessionId, hash: sessionHash, key_id: keyId, created_at: createdAt, expires_at: expiresAt };
}

export function readStreamedSession(session: z.infer<typeof streamedSessionSchema>): SessionRecord {
  const { key_id: keyId, created_at: createdAt, expires_at: expiresAt, ...rest } = session;
  return { ...rest, keyId, createdAt, expiresAt };
}
