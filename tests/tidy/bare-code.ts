interface BareCodeOptions {
  readonly keepStrings: boolean;
  /** Called with the positions of each comment. */
  readonly onComment?: (from: number, to: number) => void;
}

/**
 * TypeScript with comments and optionally strings replaced by blanks. All other characters keep their positions, so
 * that a search sees only code and line numbers stay right.
 */
export function bareCode(source: string, options: BareCodeOptions): string {
  const out = source.split('');
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at++) if (out[at] !== '\n') out[at] = ' ';
  };
  /** For each open template, the number of open braces inside its current `${`. */
  const templates: number[] = [];
  let at = 0;
  while (at < source.length) {
    const character = source[at];
    const next = source[at + 1];
    let end = at + 1;
    if (character === '/' && next === '/') {
      end = endOfLine(source, at);
      blank(at, end);
      options.onComment?.(at, end);
    } else if (character === '/' && next === '*') {
      const close = source.indexOf('*/', at + 2);
      end = close < 0 ? source.length : close + 2;
      blank(at, end);
      options.onComment?.(at, end);
    } else if (character === "'" || character === '"') {
      end = endOfString(source, at);
      if (!options.keepStrings) blank(at + 1, end - 1);
    } else if (character === '`' || (character === '}' && templates.at(-1) === 0)) {
      if (character === '}') templates.pop();
      end = endOfTemplatePart(source, at + 1);
      if (!options.keepStrings) blank(at + 1, end - 1);
      if (source[end - 1] === '{') templates.push(0);
    } else if (character === '/' && beginsRegex(out, at)) {
      end = endOfRegex(source, at);
      blank(at + 1, end - 1);
    } else if (templates.length > 0 && (character === '{' || character === '}')) {
      templates.push((templates.pop() ?? 0) + (character === '{' ? 1 : -1));
    }
    at = end;
  }
  return out.join('');
}

function endOfLine(source: string, from: number): number {
  const at = source.indexOf('\n', from);
  return at < 0 ? source.length : at;
}

function endOfString(source: string, from: number): number {
  const quote = source[from];
  let at = from + 1;
  while (at < source.length && source[at] !== quote && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
  return Math.min(source.length, at + 1);
}

/** The position after the closing backtick or after the brace of the next `${`. */
function endOfTemplatePart(source: string, from: number): number {
  let at = from;
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '$' && source[at + 1] === '{') return at + 2;
    at += source[at] === '\\' ? 2 : 1;
  }
  return Math.min(source.length, at + 1);
}

/** A slash begins a regular expression when no value can end before it. */
function beginsRegex(out: readonly string[], slash: number): boolean {
  let at = slash - 1;
  while (at >= 0 && /\s/.test(out[at] ?? '')) at -= 1;
  const before = out.slice(Math.max(0, at - 9), at + 1).join('');
  return at < 0 || /[(,=:[!&|?{};+\-*%<>~^]$/.test(before) || /\b(return|typeof|case|in|of)$/.test(before);
}

function endOfRegex(source: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '[') inClass = true;
    else if (source[at] === ']') inClass = false;
    else if (source[at] === '/' && !inClass) return at + 1;
  }
  return from + 1;
}
