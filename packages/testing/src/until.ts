const pollMs = 20;

/** Waits until the condition holds; fails with its name when the time is over. */
export async function until(what: string, limitMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await pause(pollMs);
  }
}

/** Lets time pass. For what happens in time (a fault schedule), never to wait for something. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
