/** Length of a run's lease. Another replica claims the run when its driver has not renewed it for this time. */
export const leaseMs = 4_000;
