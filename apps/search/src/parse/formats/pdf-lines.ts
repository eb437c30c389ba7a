/** A piece of text as PDF.js reports it. */
export interface PdfItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  readonly transform: readonly number[];
}

export interface PdfLine {
  readonly text: string;
  /** Font height in points, rounded so that equal styles compare equal. */
  readonly height: number;
  /** Whether the space above is larger than between lines of one paragraph. */
  readonly startsParagraph: boolean;
}

/** Distance between baselines, in font heights, that starts a new paragraph. */
const paragraphGap = 1.9;
/** Least ratio of a heading's font height to the body's. */
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

/** The font height of most characters. */
export function bodyHeightOf(lines: readonly PdfLine[]): number {
  const characters = new Map<number, number>();
  for (const { text, height } of lines) characters.set(height, (characters.get(height) ?? 0) + text.length);
  let body = 0;
  for (const [height, count] of characters) if (count > (characters.get(body) ?? 0)) body = height;
  return body;
}

/** Maps every font height that is clearly larger than the body's to a heading level; the largest is level 1. */
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
