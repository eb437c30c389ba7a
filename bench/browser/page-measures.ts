import type { Page } from 'playwright-core';

/** What a page went through while it was watched. */
export interface PageMeasures {
  /** The longest task of the main thread; 0 when none took 50 ms, which is what browsers tell of. */
  readonly longestTaskMs: number;
  readonly longTasks: number;
  /** From each key to the next paint. */
  readonly typingMsP95: number;
  readonly keys: number;
}

interface Watch {
  readonly tasks: number[];
  readonly latencies: number[];
}

declare global {
  interface Window {
    benchWatch?: Watch;
  }
}

/** Notes long tasks, and the time from each key to the second frame after it: by then what it changed is on the screen. */
export async function startWatch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watch: Watch = { tasks: [], latencies: [] };
    window.benchWatch = watch;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.tasks.push(duration);
    }).observe({ type: 'longtask' });
    window.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          // After the frame's own work, its painting: a message comes when that has been done.
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => watch.latencies.push(performance.now() - timeStamp));
          port1.start();
          port2.postMessage(null);
        });
      },
      true,
    );
  });
}

export async function readWatch(page: Page): Promise<PageMeasures> {
  const { tasks, latencies } = await page.evaluate(() => window.benchWatch ?? { tasks: [], latencies: [] });
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    longestTaskMs: Math.max(0, ...tasks),
    longTasks: tasks.length,
    typingMsP95: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN,
    keys: sorted.length,
  };
}
