/**
 * Measures the longest time that this thread blocks its event loop, as CPU time, so that other processes do not matter.
 */
export function watchStretches(): { stop(): number } {
  let longestMs = 0;
  let last = process.threadCpuUsage();
  let stopped = false;
  const check = (): void => {
    const used = process.threadCpuUsage(last);
    longestMs = Math.max(longestMs, (used.user + used.system) / 1_000);
    last = process.threadCpuUsage();
    if (!stopped) setTimeout(check, 1);
  };
  check();
  return {
    stop() {
      stopped = true;
      return longestMs;
    },
  };
}
