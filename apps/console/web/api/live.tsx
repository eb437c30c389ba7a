import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { createLiveStream, type LiveSnapshot, type LiveStream } from './live-stream.ts';

const LiveContext = createContext<LiveStream | null>(null);

/** One stream for the whole tab, open while it has listeners and the tab is visible. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [stream] = useState(createLiveStream);
  return <LiveContext value={stream}>{children}</LiveContext>;
}

/** The live state of the product. `now` advances once a second, so that staleness shows. */
export function useLive(): LiveSnapshot {
  const stream = useContext(LiveContext);
  if (stream === null) throw new Error('useLive needs a LiveProvider');
  return useSyncExternalStore(stream.subscribe, stream.snapshot);
}

/**
 * One part of the snapshot. A component should select only the parts that it shows, since the whole changes with every
 * message. `select` must give the same value for the same snapshot.
 */
export function useLivePart<Part>(select: (snapshot: LiveSnapshot) => Part): Part {
  const stream = useContext(LiveContext);
  if (stream === null) throw new Error('useLivePart needs a LiveProvider');
  return useSyncExternalStore(stream.subscribe, () => select(stream.snapshot()));
}

/** After this time without a message the data may be stale. */
const staleMs = 10_000;
const lookMs = 1_000;

/** Seconds since the last word when that is too long ago, else null. */
export function useStaleSeconds(): number | null {
  const { heardAt } = useLive();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), lookMs);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => {
    if (heardAt === null || now - heardAt < staleMs) return null;
    return Math.round((now - heardAt) / 1_000);
  }, [heardAt, now]);
}
