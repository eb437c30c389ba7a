import { projectUsageSchema } from '../kumiki/project-limits.ts';
import {
  addStoreFileSchema,
  createFileBatchSchema,
  createVectorStoreSchema,
  searchVectorStoreSchema,
  updateStoreFileSchema,
  updateVectorStoreSchema,
} from '../v1/vector-stores.ts';
import { formBody, ignoredBody, jsonBody, pathGroup, type PathRow } from './path-row.ts';

/** A file of 512 MiB and the form around it. */
const uploadBytes = 537_919_488;

/** 16 entries of 64 and 512 characters beside a description, every character escaped. */
const storeBytes = 131_072;

/** The same with 500 file ids. */
const newStoreBytes = 262_144;

/** 2,000 files with attributes of usual size. */
const fileBatchBytes = 4_194_304;

/** 8 queries of 16,384 characters and a filter of 100 comparisons. */
const searchBytes = 2_097_152;

const inference = pathGroup('search', 'inference');
const admin = pathGroup('search', 'admin');

/** Files and vector stores. */
export const searchPaths = [
  inference.post('/v1/files', formBody(uploadBytes)),
  inference.get('/v1/files'),
  inference.get('/v1/files/:file'),
  inference.get('/v1/files/:file/content'),
  inference.delete('/v1/files/:file'),
  inference.post('/v1/vector_stores', jsonBody(newStoreBytes, createVectorStoreSchema)),
  inference.get('/v1/vector_stores'),
  inference.get('/v1/vector_stores/:store'),
  inference.post('/v1/vector_stores/:store', jsonBody(storeBytes, updateVectorStoreSchema)),
  inference.delete('/v1/vector_stores/:store'),
  inference.post('/v1/vector_stores/:store/search', jsonBody(searchBytes, searchVectorStoreSchema)),
  inference.post('/v1/vector_stores/:store/files', jsonBody(storeBytes, addStoreFileSchema)),
  inference.get('/v1/vector_stores/:store/files'),
  inference.get('/v1/vector_stores/:store/files/:file'),
  inference.post('/v1/vector_stores/:store/files/:file', jsonBody(storeBytes, updateStoreFileSchema)),
  inference.delete('/v1/vector_stores/:store/files/:file'),
  inference.get('/v1/vector_stores/:store/files/:file/content'),
  inference.post('/v1/vector_stores/:store/file_batches', jsonBody(fileBatchBytes, createFileBatchSchema)),
  inference.get('/v1/vector_stores/:store/file_batches/:file_batch'),
  inference.post('/v1/vector_stores/:store/file_batches/:file_batch/cancel', ignoredBody),
  inference.get('/v1/vector_stores/:store/file_batches/:file_batch/files'),
  admin.get('/v1/kumiki/usage/files/:project', { reply: projectUsageSchema }),
] as const satisfies readonly PathRow[];
