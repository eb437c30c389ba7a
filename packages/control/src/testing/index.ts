export { type FakeGateway, fakeGateway, fakeRecord } from './fake-gateway.ts';
