/**
 * What each service of an installation asks of others in the names of keys, as rows of the table of paths: its own key
 * reaches nothing else, so that who has taken over one service has not taken over all.
 */
export const servicePaths = {
  conversations: [
    'GET /v1/models/*',
    'POST /v1/chat/completions',
    // What lines of batches ask for.
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
