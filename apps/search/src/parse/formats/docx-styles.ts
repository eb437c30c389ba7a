import { Parser } from 'htmlparser2';

/**
 * The paragraph styles that are headings, with their levels: by outline level, or by the built-in name, which is
 * `heading 1` in every language, unlike the style's id.
 */
export function readHeadingStyles(xml: string): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  let style: string | null = null;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'w:style') style = attributes['w:styleId'] ?? null;
        if (style === null) return;
        const value = attributes['w:val'] ?? '';
        const named = name === 'w:name' ? /^(?:heading|見出し) ?([1-9])$/i.exec(value)?.[1] : undefined;
        if (named !== undefined) levels.set(style, Number(named));
        if (name === 'w:name' && /^title$/i.test(value)) levels.set(style, 1);
        if (name === 'w:outlineLvl' && /^[0-8]$/.test(value)) levels.set(style, Number(value) + 1);
      },
      onclosetag(name) {
        if (name === 'w:style') style = null;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return levels;
}
