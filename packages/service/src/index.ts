export * from './config.ts';
export * from './log.ts';
export * from './ops-listener.ts';
export { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
