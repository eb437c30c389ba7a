import type { Json } from './grow-body.ts';
import { hostileTexts, hostileValues, knownMembers } from './hostile-values.ts';

export interface BodySource {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** An id of a kind; see mutate-request.ts. */
  readonly idFor: (kind: string) => string;
}

/** Members that contain an id, with its kind. */
const idMembers = [
  ['conversation', 'conversation'],
  ['previous_response_id', 'response'],
  ['response_id', 'response'],
  ['file_id', 'file'],
  ['input_file_id', 'file'],
] as const;

/** A valid body with up to three mutations, and sometimes with bytes that make it invalid JSON. */
export function mutateBody(sample: Json, source: BodySource): Buffer {
  const { random } = source;
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  let value = sample;
  for (let count = Math.floor(random() * 4); count > 0; count--) value = mutateValue(value, source);
  let text = JSON.stringify(value);
  if (random() < 0.1) {
    const name = one(['__proto__', 'constructor', 'model', 'kumiki_resume', '\\u006dodel', 'kumiki_continuation', 'n']);
    text = text.replace(/^\{/, `{"${name}":${JSON.stringify(one(hostileValues))},`).replace(/,\}$/, '}');
  }
  let bytes: Buffer = Buffer.from(text);
  if (random() < 0.12) bytes = damage(bytes, random);
  return bytes;
}

/** The body with one of its values, at any depth, replaced, removed, repeated or added. */
function mutateValue(value: Json, source: BodySource): Json {
  const { random, idFor } = source;
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  if (typeof value !== 'object' || value === null || random() < 0.1) return one(hostileValues);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    const act = random();
    if (act < 0.2) return [...value, ...value];
    if (act < 0.3) return value.toSpliced(at, 1);
    return value.map((item, index) => (index === at ? mutateValue(item, source) : item));
  }
  const names = Object.keys(value);
  const name = one(names);
  const act = random();
  if (name === undefined || act < 0.15) return { ...value, [one(hostileTexts)]: one(hostileValues) };
  if (act < 0.25) {
    const [known, values] = one(knownMembers);
    return { ...value, [known]: one(values) };
  }
  if (act < 0.3) {
    const [known, kind] = one(idMembers);
    return { ...value, [known]: idFor(kind) };
  }
  if (act < 0.42) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  return { ...value, [name]: mutateValue(value[name] ?? null, source) };
}

/** Truncates the bytes, or changes or adds some. */
export function damage(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(random() * copy.length);
  const act = random();
  if (act < 0.3) return copy.subarray(0, at);
  if (act < 0.6) {
    for (let count = 0; count < 4; count++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  }
  return Buffer.concat([copy.subarray(0, at), Buffer.from([0, 255, 34, 92]), copy.subarray(at)]);
}
