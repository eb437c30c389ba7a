export * from './database.ts';
export { countsLock, lockCounts } from './lock-counts.ts';
export { migrate } from './migrate.ts';
export { type DatabaseLocation, openDatabase } from './open-database.ts';
export { serveEmbedded, type ServedDatabase } from './serve-embedded.ts';
