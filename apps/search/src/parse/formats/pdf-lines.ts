/** What PDF.js tells of a piece of text. */
export interface PdfItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  readonly transform: readonly number[];
}

export interface PdfLine {
  readonly text: string;
  /** Of the type, in points, rounded so that equal styles are equal. */
  readonly height: number;
  /** More space above than between lines of one paragraph. */
  readonly startsParagraph: boolean;
}

/** Space between two baselines, in heights of the type, from which a paragraph begins. */
const paragraphGap = 1.9;
/** How much larger than the body the type of a heading is. */
const headingRatio = 1.15;
const headingCharacterLimit = 200;
const headingLevelLimit = 6;

export function linesOf(items: readonly PdfItem[]): PdfLine[] {
  const lines: PdfLine[] = [];
  let text = '';
  let height = 0;
  let baseline: number | null = null;
  let previous: number | null = null;
  const end = (): void => {
    if (text.trim() !== '') {
      const gap = previous === null || baseline === null ? Number.POSITIVE_INFINITY : Math.abs(previous - baseline);
      lines.push({
        text: text.replaceAll(/\s+/g, ' ').trim(),
        height: Math.round(height * 2) / 2,
        startsParagraph: gap > height * paragraphGap,
      });
      previous = baseline;
    }
    text = '';
    height = 0;
    baseline = null;
  };
  for (const item of items) {
    if (item.str !== '') {
      text += item.str;
      height = Math.max(height, item.height);
      baseline ??= item.transform[5] ?? 0;
    }
    if (item.hasEOL) end();
  }
  end();
  return lines;
}

/** The height in which most characters are set. */
export function bodyHeightOf(lines: readonly PdfLine[]): number {
  const characters = new Map<number, number>();
  for (const { text, height } of lines) characters.set(height, (characters.get(height) ?? 0) + text.length);
  let body = 0;
  for (const [height, count] of characters) if (count > (characters.get(body) ?? 0)) body = height;
  return body;
}

/** The heading level of every height that is clearly larger than the body's; the largest is level 1. */
export function headingLevels(lines: readonly PdfLine[], body: number): ReadonlyMap<number, number> {
  const heights = new Set<number>();
  const long = new Set<number>();
  for (const { text, height } of lines) {
    if (height >= body * headingRatio && height > 0) heights.add(height);
    if (text.length > headingCharacterLimit) long.add(height);
  }
  return new Map(
    [...heights]
      .filter((height) => !long.has(height))
      .toSorted((a, b) => b - a)
      .slice(0, headingLevelLimit)
      .map((height, index) => [height, index + 1]),
  );
}
