import { z } from 'zod';
import { completeDeadlinesSchema, modelNameSchema, taskSchema } from '../kinds/model-service.ts';
import { egressPolicySchema } from './egress.ts';
import type { Immutable } from './immutable.ts';
import { grantableRoles } from './key-record.ts';
import { snapshotIdSchema } from './snapshot-values.ts';

/** What one table may hold. */
const maxModels = 10_000;
const maxEndpoints = 10_000;
const maxBackends = 1_000;
const maxReplicas = 1_000;
const maxMethods = 16;

const url = z.url({ protocol: /^https?$/ });

/** Value of the `authorization` header that the endpoint requires. Secret: never logged, never shown. */
const authorization = z.string().max(8_192).nullable();

const serviceName = z.string().min(1).max(255);

/** How an endpoint can continue an answer that another one began. */
const continuationModeSchema = z.enum(['token_ids', 'prefill', 'replay', 'none']);
export type ContinuationMode = z.infer<typeof continuationModeSchema>;

const endpointSchema = z.strictObject({
  /** Unique, and stable as long as the process or server behind it is the same. */
  id: snapshotIdSchema,
  /** Origin and base path before `/v1`, for example `http://127.0.0.1:40123`. */
  url,
  /** `outside` is a server that the installation does not run; the egress policy decides whether it may be dialled. */
  egress: z.enum(['internal', 'outside']),
  authorization,
  /** The endpoint's own name for the model; null when it is the same as ours. */
  upstreamModel: z.string().max(255).nullable(),
  revision: z.string().max(255),
  /** `draining` endpoints finish their requests and get no new ones. */
  state: z.enum(['ready', 'draining']),
  continuation: continuationModeSchema,
  /** Most concurrent requests, including those in its queue. */
  maxInFlight: z.int().min(1),
  /** How many of those run at once while the others wait; absent when unknown. */
  maxRunning: z.int().min(1).optional(),
  /** Whether its `GET /health` reports progress, so that a probe may eject it. */
  healthProbe: z.boolean(),
  /** Origin of `GET /health` when it differs from `url`: a thread that requests cannot block. */
  healthUrl: url.optional(),
  /** The zone of the cluster that it runs in; absent where that is unknown. A gateway prefers endpoints of its own zone. */
  zone: z.string().min(1).max(63).optional(),
});
export type Endpoint = Immutable<z.infer<typeof endpointSchema>>;

const modelRouteSchema = z.strictObject({
  /** The canonical name. Aliases follow. */
  model: modelNameSchema,
  aliases: z.array(modelNameSchema),
  task: taskSchema,
  /** Name of the ModelService that serves it. */
  service: serviceName,
  /** Unix seconds; shown by `/v1/models`. */
  created: z.int().min(0),
  deadlines: completeDeadlinesSchema,
  endpoints: z.array(endpointSchema).max(maxEndpoints),
});
export type ModelRoute = Immutable<z.infer<typeof modelRouteSchema>>;

const backendRouteSchema = z.strictObject({
  /** Name of the service for people; absent when it has none. */
  service: serviceName.optional(),
  /**
   * Whole path segments, for example `/v1/files`: that path and everything below it. `/` matches every path that no
   * other route does.
   */
  prefix: z.string().startsWith('/').max(255),
  /** The methods that it answers; all when absent. Several routes may share a prefix when their methods differ. */
  methods: z
    .array(z.string().regex(/^[A-Z]+$/))
    .min(1)
    .max(maxMethods)
    .optional(),
  /** Replicas, any of which can answer; empty while the service starts. */
  urls: z.array(url).max(maxReplicas),
  authorization,
  /**
   * The role that a key needs: `any` accepts every key. With null the route is public and the service does not learn
   * who calls.
   */
  role: z.enum([...grantableRoles, 'any']).nullable(),
});
export type BackendRoute = Immutable<z.infer<typeof backendRouteSchema>>;

/**
 * The routes of a gateway: a snapshot that its owner (the local runtime or the operator) pushes as a whole. A gateway
 * keeps the last one and continues to serve while the owner is down.
 */
export const routeTableSchema = z.strictObject({
  models: z.array(modelRouteSchema).max(maxModels),
  /** Other services behind the same URL, by the longest prefix of whole path segments. */
  backends: z.array(backendRouteSchema).max(maxBackends),
  /** Which outside servers may be dialled; the default policy when absent. */
  egress: egressPolicySchema.optional(),
});
export type RouteTable = Immutable<z.infer<typeof routeTableSchema>>;
