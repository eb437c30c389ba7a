/** A reservation of bytes that is held until it is given back. */
export interface ByteLoan {
  /** Reduces the reservation when less is needed. */
  shrink(bytes: number): void;
  giveBack(): void;
}

/** A memory budget of a process, with a limit for each project. */
export interface ByteBudget {
  /** Bytes left for a project. */
  room(project: string): number;
  /** Bytes left in total. */
  roomForAll(): number;
  /** Reserves bytes even beyond the budget. */
  take(project: string, bytes: number): ByteLoan;
  /**
   * Waits until the bytes are available; waiters of the same project queue in order. A request beyond a limit is
   * granted when nothing else is lent under it. Rejects with the signal's reason.
   */
  borrow(project: string, bytes: number, signal: AbortSignal): Promise<ByteLoan>;
}

interface Waiting {
  readonly project: string;
  readonly bytes: number;
  readonly admit: () => void;
}

export function createByteBudget(limits: { readonly all: number; readonly ofProject: number }): ByteBudget {
  let lent = 0;
  const lentTo = new Map<string, number>();
  const waiting = new Set<Waiting>();

  const count = (project: string, bytes: number): void => {
    lent += bytes;
    const own = (lentTo.get(project) ?? 0) + bytes;
    if (own > 0) lentTo.set(project, own);
    else lentTo.delete(project);
  };
  const take = (project: string, bytes: number): ByteLoan => {
    let held = bytes;
    count(project, held);
    const shrink = (to: number): void => {
      if (to >= held) return;
      count(project, to - held);
      held = to;
      admit();
    };
    return { shrink, giveBack: () => shrink(0) };
  };
  const fits = ({ project, bytes }: Waiting): boolean => {
    const own = lentTo.get(project) ?? 0;
    return (own === 0 || own + bytes <= limits.ofProject) && (lent === 0 || lent + bytes <= limits.all);
  };
  const admit = (): void => {
    const behind = new Set<string>();
    for (const next of waiting) {
      if (behind.has(next.project)) continue;
      if (fits(next)) {
        waiting.delete(next);
        next.admit();
      } else behind.add(next.project);
    }
  };
  const roomForAll = (): number => Math.max(0, limits.all - lent);

  return {
    room: (project) => Math.max(0, Math.min(roomForAll(), limits.ofProject - (lentTo.get(project) ?? 0))),
    roomForAll,
    take,
    borrow(project, bytes, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const leave = (): void => {
          waiting.delete(entry);
          reject(signal.reason as Error);
          admit();
        };
        const entry: Waiting = {
          project,
          bytes,
          admit() {
            signal.removeEventListener('abort', leave);
            resolve(take(project, bytes));
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(entry);
        admit();
      });
    },
  };
}
