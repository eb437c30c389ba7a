/** A run whose driver has shown no sign of life for this long is claimed by another replica. */
export const leaseMs = 4_000;
