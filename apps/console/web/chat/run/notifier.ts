/** Tells listeners that something changed, at once or once per frame. */
export function createNotifier() {
  const listeners = new Set<() => void>();
  let frame = 0;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    tell,
    /** Many changes before the next paint are one. */
    notifyInFrame(): void {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        tell();
      });
    },
  };
}
