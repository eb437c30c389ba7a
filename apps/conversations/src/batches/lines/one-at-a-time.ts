/** Runs pieces of work one after the other, in the order of their coming, however many ask for it at once. */
export type OneAtATime = <Value>(work: () => Promise<Value>) => Promise<Value>;

export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
