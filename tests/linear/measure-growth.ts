/**
 * Detects work that grows faster than its input, on a busy machine: by the thread's CPU time, the minimum of several
 * rounds, and only above a floor. A jump to another way of working (windows, slices) is no growth: what is suspected
 * must grow again at sizes beyond, where its times are long beside the ticks of the clock (4 ms on some machines).
 */

/** CPU time of the thread for some work, in milliseconds. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

const rounds = 3;

async function leastMsOf<Input>(input: Input, work: (input: Input) => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) least = Math.min(least, await cpuMs(() => work(input)));
  return least;
}

/** Highest ratio of times for twice the size: linear work takes 2, quadratic work 4. */
const mostPerDoubling = 2 ** 1.5;

/** Highest ratio of the times for `size` and `smaller`. */
const mostTimes = (size: number, smaller: number): number => mostPerDoubling ** Math.log2(size / smaller);

/** Sizes beyond a suspected one that it is compared with. */
const sizesBeyond = [2, 4] as const;

/** Compares a suspected size with larger ones: every step must take too long. */
async function whyItGrows<Input>(
  size: number,
  input: (size: number) => Input,
  work: (input: Input) => unknown,
): Promise<string | null> {
  let times = 1;
  let least = await leastMsOf(input(size), work);
  const seen = [`${size} characters took ${least.toFixed(1)} ms`];
  for (const beyond of sizesBeyond) {
    const more = await leastMsOf(input(size * beyond), work);
    seen.push(`${size * beyond} of them ${more.toFixed(1)} ms`);
    if (more <= least * mostTimes(beyond, times)) return null;
    times = beyond;
    least = more;
  }
  return seen.join(', ');
}

export interface Growth {
  /** Sizes to try, ascending. The first must be fast for any growth. */
  readonly sizes: readonly number[];
  /** Times below this always pass: work that grows must take longer at the largest size. */
  readonly floorMs: number;
}

/** null when the growth is linear, otherwise a description of it. `input` makes an input of the given size. */
export async function whyNotLinear<Input>(
  { sizes, floorMs }: Growth,
  input: (size: number) => Input,
  work: (input: Input) => unknown,
): Promise<string | null> {
  let smaller: { size: number; ms: number } | null = null;
  for (const size of sizes) {
    const given = input(size);
    const ms = await cpuMs(() => work(given));
    if (ms > floorMs && smaller === null) {
      const least = await leastMsOf(given, work);
      if (least > floorMs) return `${size} characters took ${least.toFixed(1)} ms`;
    } else if (ms > floorMs && smaller !== null && ms > smaller.ms * mostTimes(size, smaller.size)) {
      const why = await whyItGrows(size, input, work);
      if (why !== null) return why;
    }
    smaller = { size, ms };
  }
  return null;
}
