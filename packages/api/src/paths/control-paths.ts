import { createKeyBodySchema } from '../kumiki/keys.ts';
import { setProjectLimitsSchema } from '../kumiki/project-limits.ts';
import { applyBodySchema, scaleBodySchema } from '../kumiki/services.ts';
import { signInBodySchema } from '../kumiki/session.ts';
import { ignoredBody, jsonBody, pathGroup, type PathRow, smallBodyBytes } from './path-row.ts';

/** 256 manifests of ordinary size, with room; Kubernetes takes no larger object either. */
const manifestBytes = 1_048_576;

/** 256 models of 255 characters beside a name and a project. */
const keyBytes = 131_072;

const admin = pathGroup('control', 'admin');
const any = pathGroup('control', 'any');
const everybody = pathGroup('control', null);

/** What operates an installation, and who is signed in. */
export const controlPaths: readonly PathRow[] = [
  admin.get('/v1/kumiki/status'),
  admin.get('/v1/kumiki/services'),
  admin.post('/v1/kumiki/services', jsonBody(manifestBytes, applyBodySchema)),
  admin.get('/v1/kumiki/services/:service'),
  admin.delete('/v1/kumiki/services/:service'),
  admin.post('/v1/kumiki/services/:service/scale', jsonBody(smallBodyBytes, scaleBodySchema)),
  admin.post('/v1/kumiki/services/:service/restart', ignoredBody),
  admin.get('/v1/kumiki/replicas'),
  admin.get('/v1/kumiki/replicas/:replica/logs'),
  admin.get('/v1/kumiki/keys'),
  admin.post('/v1/kumiki/keys', jsonBody(keyBytes, createKeyBodySchema)),
  admin.delete('/v1/kumiki/keys/:key'),
  admin.get('/v1/kumiki/limits'),
  admin.get('/v1/kumiki/limits/:project'),
  admin.post('/v1/kumiki/limits/:project', jsonBody(smallBodyBytes, setProjectLimitsSchema)),
  admin.get('/v1/kumiki/requests'),
  admin.get('/v1/kumiki/requests/:request'),
  admin.get('/v1/kumiki/load'),
  admin.get('/v1/kumiki/changes'),
  admin.get('/v1/kumiki/live'),
  any.post('/v1/kumiki/sign_in_links', ignoredBody),
  // Whoever signs in has nothing yet to show.
  everybody.post('/v1/kumiki/session', jsonBody(smallBodyBytes, signInBodySchema)),
  any.get('/v1/kumiki/session'),
  any.delete('/v1/kumiki/session'),
  any.get('/v1/kumiki/sessions'),
  any.delete('/v1/kumiki/sessions'),
  any.delete('/v1/kumiki/sessions/:session'),
  any.get('/v1/kumiki/me/requests'),
  any.get('/v1/kumiki/me/requests/:request'),
];
