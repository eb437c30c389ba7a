import type { CDPSession, Page } from 'playwright-core';

/** Measurements of a page while it was watched. */
export interface PageMeasures {
  /** The longest task of the main thread; 0 when none took 50 ms, since browsers report only those. */
  readonly longestTaskMs: number;
  readonly longTasks: number;
  /** Time from a key to the next paint. */
  readonly typingMsP95: number;
  readonly keys: number;
  /** Total working time of the page's main thread. */
  readonly mainThreadSeconds: number;
}

/** A watched page. */
export interface Watched {
  readonly page: Page;
  readonly session: CDPSession;
  readonly workedBefore: number;
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

/** Records long tasks, and the time from each key to the second frame after it, when the change is on the screen. */
export async function startWatch(page: Page): Promise<Watched> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
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
          // The message is delivered after the frame has been painted.
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => watch.latencies.push(performance.now() - timeStamp));
          port1.start();
          port2.postMessage(null);
        });
      },
      true,
    );
  });
  return { page, session, workedBefore: await workedSeconds(session) };
}

/** Seconds of the main thread's tasks since the page was opened. */
async function workedSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

export async function readWatch({ page, session, workedBefore }: Watched): Promise<PageMeasures> {
  const { tasks, latencies } = await page.evaluate(() => window.benchWatch ?? { tasks: [], latencies: [] });
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    longestTaskMs: Math.max(0, ...tasks),
    longTasks: tasks.length,
    typingMsP95: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN,
    keys: sorted.length,
    mainThreadSeconds: (await workedSeconds(session)) - workedBefore,
  };
}
