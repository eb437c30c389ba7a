/**
 * Whether the time of something grows faster than its input, on a machine that others use as well: by the thread's own CPU
 * time, the least of several rounds, and only above a floor that what is linear never reaches.
 */

/** CPU time of the thread that something takes, in milliseconds. */
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

/** Twice the size may take so many times as long: what is linear takes two, what is quadratic four. */
const mostPerDoubling = 2 ** 1.5;

/** How many times as long something of `size` may take as it does at `smaller`. */
const mostTimes = (size: number, smaller: number): number => mostPerDoubling ** Math.log2(size / smaller);

export interface Growth {
  /** Sizes to try, in rising order. The first must be harmless whatever the growth. */
  readonly sizes: readonly number[];
  /** What takes less at any size is not looked at further. */
  readonly floorMs: number;
}

/** null when it grows as its input does; else in words how it grew. `input` makes an input of so many characters. */
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
      // A collection of garbage may have come in between: both sizes again.
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
