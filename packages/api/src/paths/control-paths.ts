import { changeListSchema } from '../kumiki/changes.ts';
import { liveEventSchema } from '../kumiki/live.ts';
import { loadHistorySchema } from '../kumiki/load.ts';
import { replicaListSchema } from '../kumiki/replicas.ts';
import {
  ownRequestQuerySchema,
  requestDetailSchema,
  requestListSchema,
  requestQuerySchema,
} from '../kumiki/requests.ts';
import {
  applyBodySchema,
  applyResultSchema,
  deletedServiceSchema,
  scaleBodySchema,
  serviceListSchema,
  serviceStatusSchema,
} from '../kumiki/services.ts';
import { statusSchema } from '../kumiki/status.ts';
import { ignoredBody, jsonBody, pathGroup, type PathRow, smallBodyBytes } from './path-row.ts';

/** Enough for 256 manifests of ordinary size. Kubernetes limits a single object to about as much. */
const manifestBytes = 1_048_576;

const admin = pathGroup('control', 'admin');
const any = pathGroup('control', 'any');

/** Routes for operating an installation. */
export const controlPaths = [
  admin.get('/v1/kumiki/status', { reply: statusSchema }),
  admin.get('/v1/kumiki/services', { reply: serviceListSchema }),
  admin.post('/v1/kumiki/services', jsonBody(manifestBytes, applyBodySchema), { reply: applyResultSchema }),
  admin.get('/v1/kumiki/services/:service', { reply: serviceStatusSchema }),
  admin.delete('/v1/kumiki/services/:service', { reply: deletedServiceSchema }),
  admin.post('/v1/kumiki/services/:service/scale', jsonBody(smallBodyBytes, scaleBodySchema), {
    reply: serviceStatusSchema,
  }),
  admin.post('/v1/kumiki/services/:service/restart', ignoredBody, { reply: serviceStatusSchema }),
  admin.get('/v1/kumiki/replicas', { reply: replicaListSchema }),
  admin.get('/v1/kumiki/replicas/:replica/logs'),
  admin.get('/v1/kumiki/requests', { query: requestQuerySchema, reply: requestListSchema }),
  admin.get('/v1/kumiki/requests/:request', { reply: requestDetailSchema }),
  admin.get('/v1/kumiki/load', { reply: loadHistorySchema }),
  admin.get('/v1/kumiki/changes', { reply: changeListSchema }),
  admin.get('/v1/kumiki/live', { reply: liveEventSchema }),
  any.get('/v1/kumiki/me/requests', { query: ownRequestQuerySchema, reply: requestListSchema }),
  any.get('/v1/kumiki/me/requests/:request', { reply: requestDetailSchema }),
] as const satisfies readonly PathRow[];
