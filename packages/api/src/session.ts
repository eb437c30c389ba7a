import { z } from 'zod';
import { roles } from './routes.ts';

/** A browser's session as a gateway holds it: never the secret of its cookie. It has the rights of its key. */
export interface SessionRecord {
  readonly id: string;
  /** HMAC-SHA-256 of the cookie's value under the installation's pepper; 64 hex digits. */
  readonly hash: string;
  /** The key in whose name everything of the session is done. */
  readonly keyId: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

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

/** `POST /v1/kumiki/sign_in_links`: a link that signs a browser in as the key that asked for it, once. */
export const signInLinkSchema = z.object({
  object: z.literal('kumiki.sign_in_link'),
  url: z.string(),
  /** Unix seconds. */
  expires_at: z.int(),
});
export type SignInLink = z.infer<typeof signInLinkSchema>;
