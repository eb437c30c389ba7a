export { type DyingWorld, diesAtStep } from '../leased/testing/dies-at-step.ts';
export { startPostgres, whyNoPostgres, type TestPostgres, type TestPostgresOptions } from './start-postgres.ts';
