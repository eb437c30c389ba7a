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

/** Value of the `authorization` header that is demanded. Secret: never logged, never shown. */
const authorization = z.string().max(8_192).nullable();

const serviceName = z.string().min(1).max(255);

/** How an endpoint can go on with an answer that another one began. */
const continuationModeSchema = z.enum(['token_ids', 'prefill', 'replay', 'none']);
export type ContinuationMode = z.infer<typeof continuationModeSchema>;

const endpointSchema = z.strictObject({
  /** Unique and stable as long as the process or server behind it is the same. */
  id: snapshotIdSchema,
  /** Origin and base path before `/v1`, for example `http://127.0.0.1:40123`. */
  url,
  /** `outside` is a server that the installation does not run: it is dialled as the egress policy allows. */
  egress: z.enum(['internal', 'outside']),
  authorization,
  /** The name that the endpoint knows the model by; null when it takes ours. */
  upstreamModel: z.string().max(255).nullable(),
  revision: z.string().max(255),
  /** `draining` endpoints finish what they have and get nothing new. */
  state: z.enum(['ready', 'draining']),
  continuation: continuationModeSchema,
  /** Requests that it takes at once, those in its queue included. */
  maxInFlight: z.int().min(1),
  /** Those of them that it works on at once, while the others wait; absent where that is not known. */
  maxRunning: z.int().min(1).optional(),
  /** Whether `GET /health` on it tells of progress, so that a probe may eject it. */
  healthProbe: z.boolean(),
  /** Origin that answers `GET /health` where it is not that of `url`: a thread that no request holds up. */
  healthUrl: url.optional(),
});
export type Endpoint = Immutable<z.infer<typeof endpointSchema>>;

const modelRouteSchema = z.strictObject({
  /** The canonical name, then the other names that clients may use. */
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
  /** Name of the service, as people know it; absent where nobody named it. */
  service: serviceName.optional(),
  /** Whole path segments, for example `/v1/files`: that path and everything below it; `/` is all that nobody else has. */
  prefix: z.string().startsWith('/').max(255),
  /** The only methods that it answers; all when absent. Routes of one prefix are told apart by them. */
  methods: z
    .array(z.string().regex(/^[A-Z]+$/))
    .min(1)
    .max(maxMethods)
    .optional(),
  /** Replicas, any of which can answer; none while the service starts. */
  urls: z.array(url).max(maxReplicas),
  authorization,
  /** The role that a key needs; with `any` every key will do. With null it is public, and is not told who calls. */
  role: z.enum([...grantableRoles, 'any']).nullable(),
});
export type BackendRoute = Immutable<z.infer<typeof backendRouteSchema>>;

/**
 * What a gateway knows of the world: snapshots, pushed whole by whoever owns the truth (the local runtime, the
 * operator). A gateway holds the last one and goes on serving when its owner is down.
 */
export const routeTableSchema = z.strictObject({
  models: z.array(modelRouteSchema).max(maxModels),
  /** Other services behind the same URL, by the longest prefix of whole path segments. */
  backends: z.array(backendRouteSchema).max(maxBackends),
  /** Which servers outside may be dialled; as for a new installation where nothing is said. */
  egress: egressPolicySchema.optional(),
});
export type RouteTable = Immutable<z.infer<typeof routeTableSchema>>;
