export * from './fault-proxy.ts';
export * from './model-cluster.ts';
