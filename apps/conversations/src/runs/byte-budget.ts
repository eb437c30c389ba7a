/** Bytes that are lent until they are given back. */
export interface ByteLoan {
  /** Less than was asked for turned out to be enough. */
  shrink(bytes: number): void;
  giveBack(): void;
}

/** Bytes that one process may hold for something, and a share of them that each project may. */
export interface ByteBudget {
  /** What is left for a project. */
  room(project: string): number;
  /** What is left for all. */
  roomForAll(): number;
  /** Takes what is needed, whether there is room or not. */
  take(project: string, bytes: number): ByteLoan;
  /**
   * Waits for room, behind those of the same project alone. More than there ever is, is lent to whom nothing else is
   * lent. Rejects with the signal's reason.
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
