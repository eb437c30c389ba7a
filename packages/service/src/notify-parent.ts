import type { ChangeKind } from '@kumiki/api';

/** What a service's process reports to its parent on a single machine. */
export type ServiceMessage =
  | {
      readonly type: 'listening';
      /** null when it does not listen on a port. */
      readonly port: number | null;
      readonly opsPort: number | null;
      /** Port of a gateway's control listener. */
      readonly controlPort: number | null;
    }
  /** It cannot start. `unavailable`: a dependency is missing that may come back. */
  | { readonly type: 'failed'; readonly reason: string; readonly unavailable: boolean }
  /** A caller has changed something there, for the log of changes. */
  | {
      readonly type: 'change';
      readonly kind: ChangeKind;
      readonly subject: string;
      readonly params: Readonly<Record<string, string | number>>;
      readonly by: string | null;
    };

/** Sends a message. Resolves when it has been sent or cannot be, as when the parent has ended. */
export function notifyParent(message: ServiceMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}

/** Calls back when the parent process has ended in any way, since nothing would stop this process then. */
export function onParentEnd(end: () => void): void {
  if (process.send === undefined) return;
  if (!process.connected) return end();
  process.once('disconnect', end);
}
