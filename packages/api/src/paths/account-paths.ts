import { apiKeyListSchema, createdKeySchema, createKeyBodySchema, deletedKeySchema } from '../kumiki/keys.ts';
import { projectLimitsListSchema, projectLimitsViewSchema, setProjectLimitsSchema } from '../kumiki/project-limits.ts';
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
import { ignoredBody, jsonBody, pathGroup, type PathRow, smallBodyBytes } from './path-row.ts';

/** 256 models of 255 characters beside a name and a project. */
const keyBytes = 131_072;

const admin = pathGroup('accounts', 'admin');
const any = pathGroup('accounts', 'any');
const everybody = pathGroup('accounts', null);

/** Keys, who is signed in, and what projects may have. */
export const accountPaths = [
  admin.get('/v1/kumiki/keys', { reply: apiKeyListSchema }),
  admin.post('/v1/kumiki/keys', jsonBody(keyBytes, createKeyBodySchema), { reply: createdKeySchema }),
  admin.delete('/v1/kumiki/keys/:key', { reply: deletedKeySchema }),
  admin.get('/v1/kumiki/limits', { reply: projectLimitsListSchema }),
  admin.get('/v1/kumiki/limits/:project', { reply: projectLimitsViewSchema }),
  admin.post('/v1/kumiki/limits/:project', jsonBody(smallBodyBytes, setProjectLimitsSchema), {
    reply: projectLimitsViewSchema,
  }),
  any.post('/v1/kumiki/sign_in_links', ignoredBody, { reply: signInLinkSchema }),
  // A browser that signs in has no key or session yet.
  everybody.post('/v1/kumiki/session', jsonBody(smallBodyBytes, signInBodySchema), { reply: sessionSchema }),
  any.get('/v1/kumiki/session', { reply: sessionSchema }),
  any.delete('/v1/kumiki/session', { reply: deletedSessionSchema }),
  any.get('/v1/kumiki/sessions', { query: sessionQuerySchema, reply: browserSessionListSchema }),
  any.delete('/v1/kumiki/sessions', { query: endSessionsQuerySchema, reply: endedSessionsSchema }),
  any.delete('/v1/kumiki/sessions/:session', { reply: deletedSessionSchema }),
] as const satisfies readonly PathRow[];
