export { startPostgres, whyNoPostgres, type TestPostgres, type TestPostgresOptions } from './start-postgres.ts';
