/**
 * Detects work that grows faster than its input, on a busy machine: by the thread's CPU time, the minimum of several
 * rounds, and only above a floor that linear work never reaches.
 */

/** CPU time of the thread for some work, in milliseconds. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

const rounds = 3;

async function leastMs(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) least = Math.min(least, await cpuMs(work));
  return least;
}

/** Highest ratio of times for twice the size: linear work takes 2, quadratic work 4. */
const mostPerDoubling = 2 ** 1.5;

/** Highest ratio of the times for `size` and `smaller`. */
const mostTimes = (size: number, smaller: number): number => mostPerDoubling ** Math.log2(size / smaller);

export interface Growth {
  /** Sizes to try, ascending. The first must be fast for any growth. */
  readonly sizes: readonly number[];
  /** Times below this always pass. */
  readonly floorMs: number;
}

/** null when the growth is linear, otherwise a description of it. `input` makes an input of the given size. */
export async function whyNotLinear<Input>(
  { sizes, floorMs }: Growth,
  input: (size: number) => Input,
  work: (input: Input) => unknown,
): Promise<string | null> {
  let smaller: number | null = null;
  let before = 0;
  for (const size of sizes) {
    const given = input(size);
    const once = await cpuMs(() => work(given));
    const most = smaller === null ? 1 : mostTimes(size, smaller);
    if (once > floorMs && once > before * most) {
      // Measures both sizes again, since garbage collection may have interfered.
      const ofLess = smaller === null ? null : input(smaller);
      const less = ofLess === null ? 0 : await leastMs(() => work(ofLess));
      const ms = await leastMs(() => work(given));
      if (ms > floorMs && ms > less * most) {
        return `${size} characters took ${ms.toFixed(1)} ms, ${smaller ?? 'none'} of them ${less.toFixed(1)} ms`;
      }
    }
    before = once;
    smaller = size;
  }
  return null;
}
