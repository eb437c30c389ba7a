import { z } from 'zod';

/** Characters of a name or a key. They become the names of a folder and a file, which may have at most 255 bytes. */
const maxNameLength = 128;

/** The key of a secret's value when the manifest names none. */
export const defaultSecretKey = 'api-key';

/** Bytes of one value. It is an API key that is sent in a header. */
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

/**
 * One value of a secret: of a Secret in the same namespace on Kubernetes, or of one that the operator registered on a
 * single machine.
 */
export const secretKeyRefSchema = z.strictObject({
  name: secretNameSchema.describe('The name of the secret.'),
  key: secretKeySchema.default(defaultSecretKey).describe('Which value of the secret.'),
});
export type SecretKeyRef = z.infer<typeof secretKeyRefSchema>;

const useSecrets =
  "A manifest names secrets, never paths or variables. Register the key with 'kumiki secret set NAME' and write secretKeyRef: {name: NAME}.";

/**
 * Where a secret value comes from, since a manifest may not contain it. A manifest can name only what the operator
 * registered: it gives its sender no access to other files or variables of the machine.
 */
export const secretSourceSchema = z
  .strictObject({ secretKeyRef: secretKeyRefSchema.describe('One value of a registered secret.') })
  .meta({ refusedFields: { file: useSecrets, env: useSecrets } });

/** Whether a text can be a key: one line that a header can carry. */
export function isSecretValue(value: string): boolean {
  return value.length <= maxSecretBytes && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}
