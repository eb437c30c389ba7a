import { z } from 'zod';

/** Letters of a name or key: together they are a folder and a file, whose names have 255 bytes. */
const maxNameLength = 128;

/** The key under which a secret's value lies when nobody names one. */
export const defaultSecretKey = 'api-key';

/** Bytes of one value: a key that is sent in a header. */
export const maxSecretBytes = 4_096;

/** The name of a secret, as Kubernetes takes it. */
export const secretNameSchema = z
  .string()
  .min(1)
  .max(maxNameLength)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be lower-case letters, digits, hyphens and dots, starting and ending with a letter or digit',
  );

/** A key in a secret's data, as Kubernetes takes it. */
export const secretKeySchema = z
  .string()
  .min(1)
  .max(maxNameLength)
  .regex(/^(?!\.{1,2}$)[-._a-zA-Z0-9]+$/, 'must be letters, digits and - . _');

/** One value of a secret: a Secret of the same namespace on Kubernetes, one that the operator registered on a machine. */
export const secretKeyRefSchema = z.strictObject({
  name: secretNameSchema.describe('The name of the secret.'),
  key: secretKeySchema.default(defaultSecretKey).describe('Which value of the secret.'),
});
export type SecretKeyRef = z.infer<typeof secretKeyRefSchema>;

const useSecrets =
  "A manifest names secrets, never paths or variables. Register the key with 'kumiki secret set NAME' and write secretKeyRef: {name: NAME}.";

/**
 * Where a value comes from that may stand in no manifest. Whoever may send a manifest may so name what the operator
 * registered, and nothing else of the machine.
 */
export const secretSourceSchema = z
  .strictObject({ secretKeyRef: secretKeyRefSchema.describe('One value of a registered secret.') })
  .meta({ refusedFields: { file: useSecrets, env: useSecrets } });

/** Whether a text can be a key: one line that a header can carry. */
export function isSecretValue(value: string): boolean {
  return value.length <= maxSecretBytes && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}
