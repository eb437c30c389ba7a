/** HTTP header names that are ours or that the OpenAI SDKs rely on; lower case, as Node reads them. */
export const headers = {
  requestId: 'x-request-id',
  shouldRetry: 'x-should-retry',
  retryAfter: 'retry-after',
  retryAfterMs: 'retry-after-ms',
  processingMs: 'openai-processing-ms',
  apiVersion: 'openai-version',
  organization: 'openai-organization',
  limitRequests: 'x-ratelimit-limit-requests',
  limitTokens: 'x-ratelimit-limit-tokens',
  remainingRequests: 'x-ratelimit-remaining-requests',
  remainingTokens: 'x-ratelimit-remaining-tokens',
  resetRequests: 'x-ratelimit-reset-requests',
  resetTokens: 'x-ratelimit-reset-tokens',
  /** Gateway → worker: put each event's token ids in a comment line of the same SSE frame. */
  tokenIds: 'x-kumiki-token-ids',
  /** Gateway → worker: identifies the project, so that an engine can share its time fairly between projects. */
  tenant: 'x-kumiki-tenant',
  /** Gateway → client: the replica that answered, and how often the answer continued at another one. */
  replica: 'x-kumiki-replica',
  /** Worker → gateway: how long the answer was queued, prefilled and decoded. */
  timings: 'x-kumiki-timings',
  /** Gateway → service: the revision that sampled the token ids of a stream. */
  revision: 'x-kumiki-revision',
  attempts: 'x-kumiki-attempts',
  /** Gateway → service: the id and the project of the key that was checked. */
  key: 'x-kumiki-key',
  project: 'x-kumiki-project',
  /** Gateway → service: the limits of that project, as JSON. */
  projectLimits: 'x-kumiki-project-limits',
  /** Gateway → service: the id of the browser's session, when the caller has one. */
  session: 'x-kumiki-session',
  /**
   * Service → gateway: the id of the key whose rights and limits apply. Only a key of the role `service` may send it.
   */
  actFor: 'x-kumiki-act-for',
  /** Service → gateway → service: `low` yields to all other requests. Only a key of the role `service` may send it. */
  priority: 'x-kumiki-priority',
} as const;

/** The version that the OpenAI API sends in `openai-version`. */
export const openaiVersion = '2020-10-01';
