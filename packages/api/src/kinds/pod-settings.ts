import { z } from 'zod';
import { boundedArray, boundedRecord } from '../wire/bounded.ts';

const maxResources = 32;
const maxLabels = 64;
const labelKey = z.string().min(1).max(317);
const labelValue = z
  .string()
  .max(63)
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    'must be letters, digits and - _ . with the first and last a letter or digit',
  );
const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be lower-case letters, digits, hyphens and dots');

/** An amount as Kubernetes writes it: `2`, `500m`, `16Gi`. */
export const quantitySchema = z.union([
  z.int().min(0).max(1_000_000_000_000_000),
  z
    .string()
    .max(32)
    .regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|e[0-9]+)?$/, 'must be an amount such as 2, 500m or 16Gi'),
]);

const amounts = boundedRecord(labelKey, quantitySchema, maxResources);

const tolerationSchema = z.strictObject({
  key: z.string().max(317).optional().describe('The key of the taint; every key when absent.'),
  operator: z.enum(['Exists', 'Equal']).default('Equal').describe('How the value is compared.'),
  value: labelValue.optional().describe('The value of the taint.'),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .optional()
    .describe('The effect of the taint; every effect when absent.'),
  tolerationSeconds: z.int().min(0).max(86_400).optional().describe('How long the taint is tolerated.'),
});

/** How the pods of a service are placed; one machine has no use for it. */
export const podSettingsSchema = z
  .strictObject({
    resources: z
      .strictObject({
        requests: amounts.optional().describe('What a pod is given: cpu, memory, nvidia.com/gpu and others.'),
        limits: amounts
          .optional()
          .describe('What a pod may take at most. The limit of memory is its request when it is left out.'),
      })
      .prefault({})
      .describe('What one replica needs; a modest default for the engine where it is left out.'),
    nodeSelector: boundedRecord(labelKey, labelValue, maxLabels).optional().describe('Labels that a node must have.'),
    tolerations: boundedArray(tolerationSchema, 32).default([]).describe('Taints of nodes that are tolerated.'),
    spread: z
      .enum(['preferred', 'required'])
      .default('preferred')
      .describe('Whether replicas are spread over zones and nodes where that is possible, or wait until it is.'),
    priorityClassName: objectName.optional().describe('The PriorityClass of the pods.'),
    runtimeClassName: objectName.optional().describe('The RuntimeClass of the pods.'),
    imagePullSecrets: boundedArray(objectName, 16).default([]).describe('Secrets with which images are pulled.'),
  })
  .describe('How pods are placed on Kubernetes; on one machine it says nothing.');
export type PodSettings = z.infer<typeof podSettingsSchema>;
