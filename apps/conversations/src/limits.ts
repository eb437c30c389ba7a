/** Every limit of this service that is not a setting; those of bodies stand with the paths and schemas in `@kumiki/api`. */

/** A request must have arrived whole within this time. */
export const requestTimeoutMs = 120_000;

/** Runs that one replica drives at once; who waits for an answer beyond them is told to come back. */
export const maxOpenRuns = 1_024;
/** Of these, those in the background; the others wait in the database for a replica with room, */
export const maxBackgroundRuns = 256;
/** and those in the background of one project, so that others find room at once. */
export const maxBackgroundRunsOfProject = 64;
/**
 * Bytes that the driven runs of a replica have in memory, and those of one project: of their requests, beyond which no
 * more are claimed, and as much again of what came before them, for which they wait.
 */
export const drivenBytes = { all: 268_435_456, ofProject: 67_108_864 } as const;
/** Streams that one replica feeds at once. */
export const maxReaders = 4_096;

/** A run whose driver has said nothing for so long is taken over. */
export const leaseMs = 4_000;
/** A replica takes its own runs over when it has not renewed them for so much longer: it has lost them from sight. */
export const ownGraceMs = 30_000;
/** Between two renewals of the leases of all runs that a replica drives. */
export const renewMs = 1_000;
/** Between two looks for runs without a driver. */
export const claimMs = 1_000;
/** Runs that one look takes over at most, so that a dead replica's runs spread over those that are left. */
export const maxClaims = 32;

/** Events and frames of a run are stored together, at latest after this time, */
export const flushMs = 100;
/** or when so many characters wait, */
export const flushCharacters = 32_768;
/** and no more is read from the model while so many do. */
export const maxUnstoredCharacters = 1_048_576;
/** Between two attempts to store while the database is away. */
export const storeRetryMs = 250;

/** Characters of an answer's frames; beyond it the answer fails, since no gateway would take them to go on from. */
export const maxAnswerCharacters = 25_165_824;

/** The gateway itself ends what has stalled; it is given up only when it says nothing for longer than that takes. */
export const modelSilenceMs = 180_000;
/** How often a broken stream from the gateway is asked to go on before the run fails. */
export const maxResumes = 8;
/** Between two such attempts, and between attempts to begin a background response while the models are busy. */
export const resumeDelayMs = 500;
/** The longest such wait, whatever a refusal asks for: what was busy may be free much earlier. */
export const maxResumeDelayMs = 10_000;
/** How long a background response waits for a model that is busy or away. */
export const backgroundPatienceMs = 600_000;
/** How much longer for its own key's limits, which pass for certain. */
export const keyLimitPatienceMs = 3_600_000;
/** A background response that waits for a model gives its driver back after this time, and is tried again in turn. */
export const parkAfterMs = 5_000;

/** A client's reply begins at latest after this time, even if the model has not taken the request yet. */
export const headPatienceMs = 15_000;
/** Between two comments on a quiet stream; proxies give up after 30 s or more of silence. */
export const pingMs = 10_000;
/** A reader looks into the log at least so often, should a notification be lost. */
export const readerPollMs = 2_000;
/** Rows of the log that a reader fetches at once, */
export const readerBatchRows = 200;
/** and their bytes: one row at least. */
export const readerBatchBytes = 2_097_152;
/** Batches that a reader which is behind keeps in memory before it goes back to the log, */
export const maxReaderBatches = 64;
/** and their characters. */
export const maxReaderCharacters = 1_048_576;

/** Items of one conversation, */
export const maxConversationItems = 20_000;
/** and their bytes as JSON together. */
export const maxConversationBytes = 536_870_912;
/** Items that may come before a request's own, as many as a chat may have messages, */
export const maxContextItems = 16_000;
/** and their bytes as JSON: two million tokens of four bytes, which is more than any model here takes. */
export const maxContextBytes = 8_388_608;
/** What a response shows of its request (instructions, tools, format, metadata) in bytes: each of its events repeats it. */
export const maxShownRequestBytes = 2_097_152;
/** Responses that a chain of `previous_response_id` is followed back. */
export const maxChainLength = 4_096;
/** How often a prompt is made shorter until it fits. */
export const maxShortenings = 12;

export const defaultPageItems = 20;
export const maxPageItems = 100;
/** Bytes of a page of items or turns: it ends before what would go beyond, but holds one at least. */
export const maxPageBytes = 8_388_608;

/** Characters, as people count them, of a title that is made from what the user said. */
export const maxOwnTitleCharacters = 60;

/** Rows that one step of the sweeper deletes. */
export const sweepRows = 200;
/** Between two sweeps. */
export const sweepMs = 60_000;
/** How long a request to cancel waits for the run's driver. */
export const cancelPatienceMs = 30_000;
