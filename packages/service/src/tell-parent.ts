/** What a process of a service tells who started it, where that listens: on one machine, not on a cluster. */
export type ServiceMessage =
  | {
      readonly type: 'listening';
      /** null for what listens on no port. */
      readonly port: number | null;
      readonly opsPort: number | null;
      /** Where a gateway is told and asked by who operates it. */
      readonly controlPort: number | null;
    }
  /** It cannot start. `unavailable`: what it needs is away, and may come back. */
  | { readonly type: 'failed'; readonly reason: string; readonly unavailable: boolean };

/** Tells it. Resolves when it has been sent, or cannot be: a parent that is gone hears nothing. */
export function tellParent(message: ServiceMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}

/** Calls back when the process that started this one has ended, however that was: nobody would stop this one then. */
export function onParentEnd(end: () => void): void {
  if (process.send === undefined) return;
  if (!process.connected) return end();
  process.once('disconnect', end);
}
