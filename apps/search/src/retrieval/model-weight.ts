/**
 * How much the vectors of a model count beside words, whose weight is 1, when the request does not say. Measured with
 * `npm run bench search`, on the half of its questions that may choose constants. The demo model is tiny: alone it
 * finds a third of what words find, and counting it for more makes every answer worse.
 */
const measured: ReadonlyMap<string, number> = new Map([['demo-embedding', 0.05]]);

/** A model that nobody has measured is taken to be as good as words. */
const usual = 1;

export function weightOfModel(model: string): number {
  return measured.get(model) ?? usual;
}
