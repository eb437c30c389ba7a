export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  /** `line` and `column` count from 1; null where the browser does not say. */
  | { readonly ok: false; readonly line: number | null; readonly column: number | null };

/** Reads JSON and says where it is broken. */
export function readJson(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, ...placeOf(text, error instanceof Error ? error.message : '') };
  }
}

/** Browsers word it in their own ways: a position, or a line and a column. */
function placeOf(text: string, message: string): { readonly line: number | null; readonly column: number | null } {
  const place = /line (\d+) column (\d+)/.exec(message);
  if (place !== null) return { line: Number(place[1]), column: Number(place[2]) };
  const position = /position (\d+)/.exec(message)?.[1] ?? (/end of|Unterminated/.test(message) ? text.length : null);
  if (position === null) return { line: null, column: null };
  const before = text.slice(0, Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
