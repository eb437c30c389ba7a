import { grantableRoles, keyRecordSchema } from '@kumiki/api';
import type { StateKind } from '@kumiki/service/folder';
import { z } from 'zod';

/** Most keys of one machine. */
export const maxKeys = 10_000;
/** Total size of all keys, which gateways hold and lists send. A typical one has 500 bytes. */
export const maxKeysBytes = 8_388_608;
/** Longest file of a key; one with 256 model names of 255 characters has 66,000 bytes. */
const maxKeyBytes = 131_072;
/** Longest single file of earlier versions. */
const maxFormerBytes = 67_108_864;

const storedKeySchema = keyRecordSchema.omit({ paths: true }).extend({
  id: z.string().regex(/^key_[0-9a-f]{18}$/),
  roles: z.array(z.enum(grantableRoles)),
  /** Unix seconds. */
  created: z.int(),
  redacted: z.string(),
});
/** A key as it is stored: its hash, never its value. */
export type StoredKey = z.infer<typeof storedKeySchema>;

export const keyFile: StateKind<StoredKey> = {
  what: 'The key',
  schema: storedKeySchema,
  maxBytes: maxKeyBytes,
  former: null,
};

const allKeysSchema = z.array(storedKeySchema).max(maxKeys);

/** All keys in one file, the format of earlier versions. */
export const formerKeysFile: StateKind<StoredKey[]> = {
  what: 'The keys',
  schema: allKeysSchema,
  maxBytes: maxFormerBytes,
  former: allKeysSchema,
};
