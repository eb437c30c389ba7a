// @ts-check

/**
 * @typedef {import('./health-board.mjs').HealthEntry} HealthEntry
 * @typedef {'ok' | 'starting' | 'stalled' | 'draining' | 'failed'} HealthStatus
 */

/**
 * Facts that rarely change. They are sent to the health thread when they do.
 * @typedef {object} HealthFacts
 * @property {string} modelName
 * @property {'chat' | 'embedding'} task
 * @property {'llama' | 'simulated'} engine
 * @property {'starting' | 'serving' | 'draining' | 'failed'} phase
 * @property {string | null} reason why the phase is `failed`.
 * @property {ModelFacts | null} model null until it is loaded.
 * @property {number} stallMs how long the engine with work, or the serving thread, may make no progress.
 */

/**
 * @typedef {object} ModelFacts
 * @property {number} maxRunning
 * @property {number} maxWaiting
 * @property {number} contextTokens
 * @property {number | null} parameters
 * @property {number | null} memoryBytes
 * @property {string} fingerprint
 */

/**
 * Health means progress: the engine has work and finishes steps, or it has no work and the event loop of the serving
 * thread runs. A serving thread that a large request blocks is healthy until the limit has passed. Before the model is
 * loaded, the process that started the worker limits the time.
 * @param {HealthFacts} facts
 * @param {HealthEntry} entry
 * @param {number} now milliseconds on the process's clock.
 * @returns {HealthStatus}
 */
export function judgeHealth(facts, entry, now) {
  if (facts.phase === 'starting' || facts.phase === 'failed') return facts.phase;
  const engineStands = entry.busy && now - entry.lastProgressAt > facts.stallMs;
  const threadStands = now - entry.beatAt > facts.stallMs;
  if (engineStands || threadStands) return 'stalled';
  return facts.phase === 'draining' ? 'draining' : 'ok';
}

/**
 * The reply to `GET /health`. 200 means that requests make progress here.
 * @param {HealthFacts} facts
 * @param {HealthEntry} entry
 * @param {number} now milliseconds on the process's clock.
 * @returns {{ status: number, body: object }}
 */
export function healthReply(facts, entry, now) {
  const status = judgeHealth(facts, entry, now);
  const { modelName, task, engine, model } = facts;
  const about = { model: modelName, task, engine, simulated: engine === 'simulated' };
  if (status === 'failed') return { status: 503, body: { status, ...about, reason: facts.reason } };
  if (status === 'starting' || model === null) {
    return { status: 503, body: { status: 'starting', ...about, progress: entry.loaded } };
  }
  const body = {
    status,
    ...about,
    progress: 1,
    running: entry.running,
    waiting: entry.waiting,
    max_running: model.maxRunning,
    max_waiting: model.maxWaiting,
    kv_cache_usage: entry.kvCacheUsage,
    kv_cache: entry.kvTotalTokens < 0 ? null : { used_tokens: entry.kvUsedTokens, total_tokens: entry.kvTotalTokens },
    context_tokens: model.contextTokens,
    parameters: model.parameters,
    memory_bytes: model.memoryBytes,
    fingerprint: model.fingerprint,
  };
  return { status: status === 'ok' ? 200 : 503, body };
}
