export * from './character-runs.ts';
export * from './error-of.ts';
export * from './free-port.ts';
export * from './greedy-prompts.ts';
export * from './seeded-random.ts';
export * from './stream-client.ts';
export * from './stream-record.ts';
export * from './until.ts';
