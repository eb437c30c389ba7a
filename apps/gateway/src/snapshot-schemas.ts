import {
  deadlinesSchema,
  grantableRoles,
  maxEgressRuleLength,
  maxEgressRules,
  modelNameSchema,
  projectLimitsSchema,
  roles,
  taskSchema,
  type KeyRecord,
  type ProjectLimitsRecord,
  type RouteTable,
  type SessionRecord,
} from '@kumiki/api';
import { z } from 'zod';

/** Limits of what a snapshot file may hold. */
const maxModels = 10_000;
const maxEndpoints = 10_000;
const maxBackends = 1_000;
const maxReplicas = 1_000;
const maxKeys = 1_000_000;
const maxSessions = 1_000_000;
const maxProjects = 100_000;
const maxMethods = 16;
const maxServicePaths = 256;
const maxOwnPlaces = 1_000;

const url = z.url({ protocol: /^https?$/ });
const secret = z.string().max(8_192).nullable();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const limit = z.int().min(1).nullable();

const endpointSchema = z.strictObject({
  id: z.string().min(1).max(255),
  url,
  egress: z.enum(['internal', 'outside']),
  authorization: secret,
  upstreamModel: z.string().max(255).nullable(),
  revision: z.string().max(255),
  state: z.enum(['ready', 'draining']),
  continuation: z.enum(['token-ids', 'prefill', 'replay', 'none']),
  maxInFlight: z.int().min(1),
  maxRunning: z.int().min(1).optional(),
  healthProbe: z.boolean(),
  healthUrl: url.optional(),
});

const egressSchema = z.strictObject({
  mode: z.enum(['public', 'listed']),
  allow: z
    .array(z.strictObject({ rule: z.string().max(maxEgressRuleLength), by: z.enum(['operator', 'manifest']) }))
    .max(maxEgressRules),
  own: z.array(z.string().max(maxEgressRuleLength)).max(maxOwnPlaces),
});

/** A RouteTable as it stands in a file. */
export const routeTableSchema: z.ZodType<RouteTable> = z.strictObject({
  models: z
    .array(
      z.strictObject({
        model: modelNameSchema,
        aliases: z.array(modelNameSchema),
        task: taskSchema,
        service: z.string().min(1).max(255),
        created: z.int().min(0),
        deadlines: deadlinesSchema.required(),
        endpoints: z.array(endpointSchema).max(maxEndpoints),
      }),
    )
    .max(maxModels),
  backends: z
    .array(
      z.strictObject({
        service: z.string().min(1).max(255).optional(),
        prefix: z.string().startsWith('/').max(255),
        urls: z.array(url).max(maxReplicas),
        authorization: secret,
        methods: z
          .array(z.string().regex(/^[A-Z]+$/))
          .min(1)
          .max(maxMethods)
          .optional(),
        role: z.enum([...grantableRoles, 'any']).nullable(),
      }),
    )
    .max(maxBackends),
  egress: egressSchema.optional(),
});

/** The keys as they stand in a file. */
export const keyRecordsSchema: z.ZodType<KeyRecord[]> = z
  .array(
    z.strictObject({
      id: z.string().min(1).max(255),
      name: z.string().max(255),
      project: z.string().max(255),
      hash,
      roles: z.array(z.enum(roles)),
      models: z.array(z.string()).nullable(),
      paths: z.array(z.string().max(255)).max(maxServicePaths).optional(),
      limits: z.strictObject({ requestsPerMinute: limit, tokensPerMinute: limit, maxConcurrent: limit }),
      expiresAt: z.int().min(0).nullable(),
    }),
  )
  .max(maxKeys);

/** The sessions as they stand in a file. */
export const sessionRecordsSchema: z.ZodType<SessionRecord[]> = z
  .array(
    z.strictObject({
      id: z.string().min(1).max(255),
      hash,
      keyId: z.string().min(1).max(255),
      createdAt: z.int().min(0),
      expiresAt: z.int().min(0),
    }),
  )
  .max(maxSessions);

/** What projects may have, as it stands in a file. */
export const projectLimitsRecordsSchema: z.ZodType<ProjectLimitsRecord[]> = z
  .array(z.strictObject({ project: z.string().min(1).max(255), limits: projectLimitsSchema }))
  .max(maxProjects);
