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

export interface Growth {
  /** Sizes to try, each four times the one before. The first must be harmless whatever the growth. */
  readonly sizes: readonly number[];
  /** What takes less at any size is not looked at further. */
  readonly floorMs: number;
  /** Of the largest size and the one before it. Four is linear; sixteen is quadratic. */
  readonly mostRatio: number;
}

/** null when it grows as its input does; else in words how it grew. `input` makes an input of so many characters. */
export async function whyNotLinear<Input>(
  { sizes, floorMs, mostRatio }: Growth,
  input: (size: number) => Input,
  work: (input: Input) => unknown,
): Promise<string | null> {
  let smaller = sizes[0] ?? 0;
  let before = floorMs / mostRatio;
  for (const size of sizes) {
    const given = input(size);
    const once = await cpuMs(() => work(given));
    if (once > floorMs && once > before * mostRatio) {
      // A collection of garbage may have come in between: both sizes again.
      const ofLess = input(smaller);
      const less = Math.max(floorMs / mostRatio, await leastMs(() => work(ofLess)));
      const ms = await leastMs(() => work(given));
      if (ms > floorMs && (size === smaller || ms > less * mostRatio)) {
        return `${size} characters took ${ms.toFixed(1)} ms, ${smaller} of them ${less.toFixed(1)} ms`;
      }
    }
    before = Math.max(once, floorMs / mostRatio);
    smaller = size;
  }
  return null;
}
