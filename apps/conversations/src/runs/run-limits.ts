/** What one replica may drive at once, and how long its leases last. */

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
