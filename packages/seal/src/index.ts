export { createBearerCheck } from './bearer-check.ts';
export { decodePepper, encodePepper, makePepper, storedPepperBytes } from './pepper.ts';
export { createSecretHash, isSameHash, type SecretHash } from './secret-hash.ts';
export { sessionCookieName } from './session-cookie-name.ts';
