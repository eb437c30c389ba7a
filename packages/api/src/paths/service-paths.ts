/**
 * The routes that each service may call on behalf of keys, as rows of the table of paths. A service key reaches nothing
 * else, so an attacker who takes over one service does not get the rest of the API.
 */
export const servicePaths = {
  conversations: [
    'GET /v1/models/*',
    'POST /v1/chat/completions',
    // The requests of batch lines.
    'POST /v1/completions',
    'POST /v1/embeddings',
    'POST /v1/responses',
    'POST /v1/files',
    'GET /v1/files/:file',
    'GET /v1/files/:file/content',
    'POST /v1/vector_stores/:store/search',
  ],
  search: ['GET /v1/models', 'POST /v1/embeddings'],
} as const satisfies Record<string, readonly string[]>;
