export { hashApiKey } from './keys/key-store.ts';
export type { GatewayLoad } from './load/load-meter.ts';
export type { RequestReader } from './requests/request-log.ts';
export { startGateway, type Gateway, type GatewayOptions } from './start-gateway.ts';
