import { z } from 'zod';

/** Gateways that did not answer in time. The result contains only what the others know. */
export const missingGatewaysSchema = z.array(z.object({ gateway: z.string(), reason: z.string() }));
export type MissingGateway = z.infer<typeof missingGatewaysSchema>[number];
