import { z } from 'zod';

/** Gateways that did not say in time what they know: what is told beside is the answer of the others. */
export const missingGatewaysSchema = z.array(z.object({ gateway: z.string(), reason: z.string() }));
export type MissingGateway = z.infer<typeof missingGatewaysSchema>[number];
