import { changeListSchema } from '../kumiki/changes.ts';
import { apiKeyListSchema, createdKeySchema, createKeyBodySchema, deletedKeySchema } from '../kumiki/keys.ts';
import { liveEventSchema } from '../kumiki/live.ts';
import { loadHistorySchema } from '../kumiki/load.ts';
import { projectLimitsListSchema, projectLimitsViewSchema, setProjectLimitsSchema } from '../kumiki/project-limits.ts';
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
import {
  browserSessionListSchema,
  deletedSessionSchema,
  endedSessionsSchema,
  endSessionsQuerySchema,
  sessionQuerySchema,
  sessionSchema,
  signInBodySchema,
  signInLinkSchema,
} from '../kumiki/session.ts';
import { statusSchema } from '../kumiki/status.ts';
import { ignoredBody, jsonBody, pathGroup, type PathRow, smallBodyBytes } from './path-row.ts';

/** 256 manifests of ordinary size, with room; Kubernetes takes no larger object either. */
const manifestBytes = 1_048_576;

/** 256 models of 255 characters beside a name and a project. */
const keyBytes = 131_072;

const admin = pathGroup('control', 'admin');
const any = pathGroup('control', 'any');
const everybody = pathGroup('control', null);

/** What operates an installation, and who is signed in. */
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
  admin.get('/v1/kumiki/keys', { reply: apiKeyListSchema }),
  admin.post('/v1/kumiki/keys', jsonBody(keyBytes, createKeyBodySchema), { reply: createdKeySchema }),
  admin.delete('/v1/kumiki/keys/:key', { reply: deletedKeySchema }),
  admin.get('/v1/kumiki/limits', { reply: projectLimitsListSchema }),
  admin.get('/v1/kumiki/limits/:project', { reply: projectLimitsViewSchema }),
  admin.post('/v1/kumiki/limits/:project', jsonBody(smallBodyBytes, setProjectLimitsSchema), {
    reply: projectLimitsViewSchema,
  }),
  admin.get('/v1/kumiki/requests', { query: requestQuerySchema, reply: requestListSchema }),
  admin.get('/v1/kumiki/requests/:request', { reply: requestDetailSchema }),
  admin.get('/v1/kumiki/load', { reply: loadHistorySchema }),
  admin.get('/v1/kumiki/changes', { reply: changeListSchema }),
  admin.get('/v1/kumiki/live', { reply: liveEventSchema }),
  any.post('/v1/kumiki/sign_in_links', ignoredBody, { reply: signInLinkSchema }),
  // Whoever signs in has nothing yet to show.
  everybody.post('/v1/kumiki/session', jsonBody(smallBodyBytes, signInBodySchema), { reply: sessionSchema }),
  any.get('/v1/kumiki/session', { reply: sessionSchema }),
  any.delete('/v1/kumiki/session', { reply: deletedSessionSchema }),
  any.get('/v1/kumiki/sessions', { query: sessionQuerySchema, reply: browserSessionListSchema }),
  any.delete('/v1/kumiki/sessions', { query: endSessionsQuerySchema, reply: endedSessionsSchema }),
  any.delete('/v1/kumiki/sessions/:session', { reply: deletedSessionSchema }),
  any.get('/v1/kumiki/me/requests', { query: ownRequestQuerySchema, reply: requestListSchema }),
  any.get('/v1/kumiki/me/requests/:request', { reply: requestDetailSchema }),
] as const satisfies readonly PathRow[];
