/**
 * The most hostile bodies within a limit of bytes, made from one valid body: deep, wide, long, repeated, with many
 * small values, and empty. They are built when sent, since they have many megabytes.
 */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface HostileBody {
  /** Its description for messages: `messages repeated`, `input of dots`. */
  readonly shape: string;
  /** Builds it, within the limit of bytes. */
  readonly build: () => Buffer;
}

/** Units that texts are filled with, for runs of each in splitters, tokenizers and templates. */
const characterClasses: readonly (readonly [name: string, unit: string])[] = [
  ['dots', '.'],
  ['blanks', ' '],
  ['letters', 'a'],
  ['digits', '7'],
  ['line ends', '\n'],
  ['quotes', '"'],
  ['backslashes', '\\'],
  ['brackets', '['],
  ['angles', '<'],
  ['template marks', '{{'],
  ['backticks', '`'],
  ['stars', '*'],
  ['pipes', '|'],
  ['commas', ','],
  ['kanji', '漢'],
  ['full stops', '。'],
  ['emoji', '😀'],
  ['combining marks', 'a\u0301'],
  ['words', 'word '],
  ['sentences', 'A b. '],
];

/** Bodies for any JSON route. @param sample a valid body of the route; null when none is known. */
export function growJson(sample: Json, limitBytes: number): HostileBody[] {
  const bodies = [...growAnything(limitBytes)];
  for (const place of placesIn(sample)) bodies.push(...growPlace(sample, place, limitBytes));
  return bodies;
}

/** Files of an upload form. */
export function growFiles(limitBytes: number): HostileBody[] {
  return characterClasses.map(([name, unit]) => ({
    shape: `a file of ${name}`,
    build: () => Buffer.from(fill(unit, limitBytes)),
  }));
}

function growAnything(limitBytes: number): HostileBody[] {
  const around = (head: string, unit: string, tail: string) => (): Buffer =>
    Buffer.from(head + fill(unit, limitBytes - head.length - tail.length) + tail);
  return [
    { shape: 'deep arrays', build: around('{"x":', '[', '') },
    { shape: 'deep objects', build: around('', '{"a":', '') },
    { shape: 'deep and whole', build: () => deepAndWhole(limitBytes) },
    { shape: 'wide', build: () => wide(limitBytes) },
    { shape: 'one name many times', build: around('{"a":1', ',"a":1', '}') },
    { shape: 'a long name', build: around('{"', 'n', '":1}') },
    { shape: 'a long number', build: around('{"x":', '9', '}') },
    { shape: 'escapes', build: around('{"x":"', '\\u0041', '"}') },
    { shape: 'many small numbers', build: around('{"x":[0', ',0', ']}') },
    { shape: 'many small objects', build: around('{"x":[{}', ',{}', ']}') },
    { shape: 'white space', build: around('{', ' ', '}') },
    { shape: 'no end', build: around('{"x":"', 'a', '') },
    { shape: 'bytes that are no text', build: () => Buffer.alloc(limitBytes, 0xc0) },
    { shape: 'zeros', build: () => Buffer.alloc(limitBytes) },
  ];
}

type Place = readonly (string | number)[];

/** The paths to all values of a body. */
function placesIn(value: Json, above: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [above];
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => placesIn(item, [...above, index]))
    : Object.entries(value).flatMap(([name, member]) => placesIn(member, [...above, name]));
  return [above, ...inner];
}

/** Placeholder for the grown value while the rest of the body is serialised. */
const mark = 'kumiki-grows-here';

function growPlace(sample: Json, place: Place, limitBytes: number): HostileBody[] {
  const value = valueAt(sample, place);
  const [head = '', tail = ''] = JSON.stringify(replaceAt(sample, place, mark)).split(`"${mark}"`);
  const room = limitBytes - Buffer.byteLength(head) - Buffer.byteLength(tail);
  const name = showPlace(place);
  const grown = (shape: string, open: string, unit: string, close: string): HostileBody => ({
    shape: `${name} ${shape}`,
    build: () => Buffer.from(head + open + fill(unit, room - open.length - close.length) + close + tail),
  });
  if (typeof value === 'string') {
    return characterClasses.map(([kind, unit]) => grown(`of ${kind}`, '"', JSON.stringify(unit).slice(1, -1), '"'));
  }
  if (typeof value === 'number') return [grown('of digits', '1', '0', ''), grown('as a fraction', '0.', '3', '')];
  if (Array.isArray(value)) {
    const item = JSON.stringify(value[0] ?? 0);
    return [
      grown('repeated', `[${item}`, `,${item}`, ']'),
      grown('of numbers', '[0', ',0', ']'),
      grown('of letters', '["a"', ',"a"', ']'),
      grown('of nothing', '[{}', ',{}', ']'),
      grown('nested', '[', '[', ''),
    ];
  }
  if (typeof value === 'object' && value !== null && place.length > 0) {
    return [
      { shape: `${name} wide`, build: () => Buffer.concat([Buffer.from(head), wide(room), Buffer.from(tail)]) },
      {
        shape: `${name} deep`,
        build: () => Buffer.concat([Buffer.from(head), deepAndWhole(room), Buffer.from(tail)]),
      },
    ];
  }
  return [];
}

function valueAt(value: Json, place: Place): Json {
  let at: Json = value;
  for (const step of place) at = (at as Record<string | number, Json>)[step] ?? null;
  return at;
}

function replaceAt(value: Json, [step, ...rest]: Place, by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaceAt(item, rest, by) : item));
  const object = value as { [name: string]: Json };
  return { ...object, [step]: replaceAt(object[step] ?? null, rest, by) };
}

function showPlace(place: Place): string {
  return place.length === 0 ? 'all' : place.join('.');
}

/** As many units as fit into that many bytes. */
function fill(unit: string, bytes: number): string {
  return unit.repeat(Math.max(0, Math.floor(bytes / Buffer.byteLength(unit))));
}

/** An object with as many distinct members as fit. */
function wide(bytes: number): Buffer {
  // `,"n1234567":0`
  const memberBytes = 13;
  const members: string[] = [];
  for (let index = 0; index < Math.floor((bytes - 1) / memberBytes); index++) {
    members.push(`"n${String(index).padStart(7, '0')}":0`);
  }
  return Buffer.from(`{${members.join(',')}}`);
}

function deepAndWhole(bytes: number): Buffer {
  const levels = Math.floor((bytes - 6) / 2);
  return Buffer.from(`{"x":${'['.repeat(levels)}${']'.repeat(levels)}}`);
}
