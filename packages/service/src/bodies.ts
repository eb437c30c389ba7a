/** How a body is read and checked, for threads that do nothing else: without log, metrics and listeners. */
export * from './check-body.ts';
export * from './json/read-json.ts';
