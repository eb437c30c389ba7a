/**
 * The longest that this thread computes between two turns of its loop, by its own CPU time: what others do on the same
 * machine does not count. Nobody else is answered during such a stretch.
 */
export function watchStretches(): { stop(): number } {
  let longestMs = 0;
  let last = process.threadCpuUsage();
  let stopped = false;
  const look = (): void => {
    const used = process.threadCpuUsage(last);
    longestMs = Math.max(longestMs, (used.user + used.system) / 1_000);
    last = process.threadCpuUsage();
    if (!stopped) setTimeout(look, 1);
  };
  look();
  return {
    stop() {
      stopped = true;
      return longestMs;
    },
  };
}
