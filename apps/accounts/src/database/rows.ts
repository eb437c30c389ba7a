import {
  defaultProjectLimits,
  grantableRoles,
  type KeyRecord,
  keyLimitsSchema,
  type ProjectLimits,
  projectLimitsSchema,
  type SessionRecord,
} from '@kumiki/api';
import { z } from 'zod';
import type { StoredKey } from '../keys/stored-key.ts';
import type { StoredSession } from '../sessions/session-ring.ts';

/** Limits that were set for a project. */
export type OwnLimits = Partial<ProjectLimits>;

/** Rows as `row_to_json` gives them. A column that a later version added is left out. */
const keyRowSchema = z.object({
  id: z.string(),
  name: z.string(),
  project: z.string(),
  hash: z.string(),
  roles: z.array(z.enum(grantableRoles)),
  models: z.array(z.string()).nullable(),
  limits: keyLimitsSchema,
  created_at: z.int(),
  expires_at: z.int().nullable(),
  redacted: z.string(),
});

const sessionRowSchema = z.object({
  id: z.string(),
  hash: z.string(),
  key_id: z.string(),
  created_at: z.int(),
  expires_at: z.int(),
  user_agent: z.string().nullable(),
});

const projectRowSchema = z.object({ name: z.string(), limits: z.object(projectLimitsSchema.partial().shape) });

export function readKeyRow(row: unknown): StoredKey {
  const { created_at: created, expires_at: expiresAt, ...rest } = keyRowSchema.parse(row);
  return { ...rest, created, expiresAt };
}

export function readSessionRow(row: unknown): StoredSession {
  const read = sessionRowSchema.parse(row);
  const { id, hash, key_id: keyId, created_at: createdAt, expires_at: expiresAt, user_agent: userAgent } = read;
  return { id, hash, keyId, createdAt, expiresAt, userAgent };
}

/** null for a project with the defaults. */
export function readProjectRow(row: unknown): { readonly project: string; readonly own: OwnLimits | null } {
  const { name, limits } = projectRowSchema.parse(row);
  const own = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return { project: name, own: Object.keys(own).length === 0 ? null : own };
}

export function limitsOf(own: OwnLimits | undefined | null): ProjectLimits {
  return { ...defaultProjectLimits, ...own };
}

/** What gateways hold of a key. */
export function keyRecordOf({ created: _created, redacted: _redacted, ...record }: StoredKey): KeyRecord {
  return record;
}

/** What gateways hold of a session. */
export function sessionRecordOf({ userAgent: _userAgent, ...record }: StoredSession): SessionRecord {
  return record;
}
