import { createHash } from 'node:crypto';
import { KumikiError } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';

/** How long a key is remembered: longer than any client retries. */
const keptHours = 24;
const maxKeyCharacters = 255;
/** Keys that one statement forgets: clients choose how many there are, and the embedded database serves nobody meanwhile. */
const forgottenAtOnce = 1_000;

export interface IdempotentRequest {
  readonly project: string;
  /** Method and path, for example `POST /v1/batches`. Keys are scoped to their route. */
  readonly route: string;
  /** The `Idempotency-Key` header; undefined when the client sent none. */
  readonly key: string | string[] | undefined;
  readonly body: unknown;
}

/**
 * Claims the idempotency key of a request for the resource that it creates. Runs in the creating transaction, so that
 * key and resource exist together or not at all; a second request with the key waits for the first to commit.
 * @returns the id to answer with: `resourceId` when the request is new (create it now), otherwise that of the earlier
 *   request. Throws `conflict`, which clients do not retry, when the key was used with another body.
 */
export async function claimIdempotencyKey(
  transaction: Queryable,
  request: IdempotentRequest,
  resourceId: string,
): Promise<string> {
  const { project, route, key } = request;
  if (key === undefined) return resourceId;
  if (typeof key !== 'string' || key.length === 0 || key.length > maxKeyCharacters) {
    throw new KumikiError('invalid_value', {
      param: 'Idempotency-Key',
      reason: `send one of 1 to ${maxKeyCharacters} characters`,
    });
  }
  const digest = createHash('sha256')
    .update(JSON.stringify(request.body) ?? '')
    .digest('hex');
  const claimed = await transaction.query(
    `INSERT INTO conversations.idempotency_keys AS known (project, route, key, digest, resource_id)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (project, route, key) DO UPDATE
       SET digest = excluded.digest, resource_id = excluded.resource_id, created_at = now()
       WHERE known.created_at < now() - make_interval(hours => ${keptHours})
     RETURNING resource_id`,
    [project, route, key, digest, resourceId],
  );
  if (claimed.rows.length > 0) return resourceId;
  const { rows } = await transaction.query<{ digest: string; resource_id: string }>(
    'SELECT digest, resource_id FROM conversations.idempotency_keys WHERE project = $1 AND route = $2 AND key = $3',
    [project, route, key],
  );
  if (rows[0]?.digest !== digest) {
    throw new KumikiError('conflict', { reason: `This Idempotency-Key came with another body within ${keptHours} h` });
  }
  return rows[0].resource_id;
}

/** Forgets expired keys. */
export async function forgetIdempotencyKeys(database: Queryable): Promise<void> {
  for (let count = forgottenAtOnce; count === forgottenAtOnce;) {
    ({ count } = await database.query(
      `DELETE FROM conversations.idempotency_keys WHERE (project, route, key) IN (
         SELECT project, route, key FROM conversations.idempotency_keys
         WHERE created_at < now() - make_interval(hours => ${keptHours}) LIMIT $1)`,
      [forgottenAtOnce],
    ));
  }
}
