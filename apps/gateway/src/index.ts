export { hashApiKey } from './keys/key-store.ts';
export { startGateway, type Gateway, type GatewayOptions } from './start-gateway.ts';
