import { chatRequestSchema } from '../v1/chat.ts';
import { completionRequestSchema } from '../v1/completions.ts';
import { embeddingRequestSchema } from '../v1/embeddings.ts';
import { jsonBody, pathGroup, type PathRow } from './path-row.ts';

/** A body may hold pictures for outside models as base64, or the frames of an answer that is resumed. */
const modelBodyBytes = 33_554_432;

/** Prompts may come as token ids: more than the longest context of a model. */
const promptValues = 400_000;

const inference = pathGroup('gateway', 'inference');
const any = pathGroup('gateway', 'any');

/** Models, and the routes that they answer. */
export const modelPaths = [
  inference.post('/v1/chat/completions', jsonBody(modelBodyBytes, chatRequestSchema)),
  inference.post('/v1/completions', jsonBody(modelBodyBytes, completionRequestSchema, promptValues)),
  inference.post('/v1/embeddings', jsonBody(modelBodyBytes, embeddingRequestSchema, promptValues)),
  any.get('/v1/models'),
  any.get('/v1/models/*'),
] as const satisfies readonly PathRow[];
