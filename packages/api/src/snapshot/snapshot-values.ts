import { z } from 'zod';

/** The id of a key, a session or an endpoint. */
export const snapshotIdSchema = z.string().min(1).max(255);

/** HMAC-SHA-256 of a secret under the installation's pepper; 64 hex digits. */
export const secretHashSchema = z.string().regex(/^[0-9a-f]{64}$/);
