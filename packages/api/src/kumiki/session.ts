import { z } from 'zod';
import { roles } from '../snapshot/key-record.ts';
import { missingGatewaysSchema } from './missing-gateways.ts';

/** `POST /v1/kumiki/session`: the token of a sign-in link, which works once. */
export const signInBodySchema = z.strictObject({ token: z.string().min(1).max(256) });

/** `GET /v1/kumiki/session`: who the caller is, by its cookie or by its key. */
export const sessionSchema = z.object({
  object: z.literal('kumiki.session'),
  key: z.object({ id: z.string(), name: z.string(), project: z.string(), roles: z.array(z.enum(roles)) }),
  /** Where the product is reached, without `/v1`. */
  url: z.string(),
  version: z.string(),
  /** Unix seconds; null never expires. */
  expires_at: z.int().nullable(),
});
export type Session = z.infer<typeof sessionSchema>;

/** The reply to `DELETE /v1/kumiki/session` and `DELETE /v1/kumiki/sessions/{session}`. */
export const deletedSessionSchema = z.object({
  object: z.literal('kumiki.session.deleted'),
  id: z.string(),
  deleted: z.literal(true),
});

/** `POST /v1/kumiki/sign_in_links`: a link that signs a browser in as the key that asked for it, once. */
export const signInLinkSchema = z.object({
  object: z.literal('kumiki.sign_in_link'),
  url: z.string(),
  /** Unix seconds. */
  expires_at: z.int(),
  /**
   * Whether `url` starts with the address that was configured for browsers; otherwise it uses the machine's own
   * address.
   */
  configured: z.boolean(),
});
export type SignInLink = z.infer<typeof signInLinkSchema>;

/** A browser's `user-agent` is cut at this length. */
export const maxUserAgentCharacters = 256;

/** A browser that is signed in, as `GET /v1/kumiki/sessions` lists it. */
export const browserSessionSchema = z.object({
  object: z.literal('kumiki.browser_session'),
  id: z.string(),
  key: z.object({ id: z.string(), name: z.string() }),
  /** Unix seconds. */
  created_at: z.int(),
  expires_at: z.int(),
  /** null when it has not been used since the gateway started. */
  last_used_at: z.int().nullable(),
  /** The `user-agent` at sign-in: untrusted text, without control characters. */
  user_agent: z.string().max(maxUserAgentCharacters).nullable(),
  /** Whether it is the session of this request. */
  current: z.boolean(),
});
export type BrowserSession = z.infer<typeof browserSessionSchema>;

/** `GET /v1/kumiki/sessions`: those of the caller's key; all for a key with the role `admin`. Newest first. */
export const browserSessionListSchema = z.object({
  object: z.literal('list'),
  data: z.array(browserSessionSchema),
  missing_gateways: missingGatewaysSchema,
});
export type BrowserSessionList = z.infer<typeof browserSessionListSchema>;

/** The query of `GET /v1/kumiki/sessions`: whose sessions. Naming another key requires the role `admin`. */
export const sessionQuerySchema = z.strictObject({ key_id: z.string().min(1).max(128).optional() });

/** The query of `DELETE /v1/kumiki/sessions`: whose sessions; the caller's own when no key is named. */
export const endSessionsQuerySchema = sessionQuerySchema.extend({
  /** Keeps the session of this request. */
  keep_current: z.enum(['true', 'false']).default('false'),
});

/** The reply to `DELETE /v1/kumiki/sessions`. */
export const endedSessionsSchema = z.object({ object: z.literal('kumiki.sessions.deleted'), deleted: z.int() });
export type EndedSessions = z.infer<typeof endedSessionsSchema>;
