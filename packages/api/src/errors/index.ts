export * from './errors.ts';
export * from './near-miss.ts';
