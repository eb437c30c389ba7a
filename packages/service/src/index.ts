export * from './check-body.ts';
export * from './config.ts';
export * from './gateway-client.ts';
export * from './log.ts';
export * from './ops-listener.ts';
export * from './service-app.ts';
export * from './session-cookie.ts';
export { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
