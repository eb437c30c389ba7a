export { createKeeper, type Keeper } from './keeper.ts';
export { type Lease, leaseClock, leaseEnd, LeaseLostError, type LeasedTable } from './leased-table.ts';
export { type Claimed, type ClaimRoom, createLeases, type Holder, type Leases } from './leases.ts';
export { startWorkerLoop, type WorkerLoop } from './worker-loop.ts';
