import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attemptFailures, conditionReasons, dataServiceCauses, defaultProjectLimits, endCauses } from '@kumiki/api';
import { IntlMessageFormat } from 'intl-messageformat';
import { messages as en } from './messages/en/index.ts';
import { messages as ja } from './messages/ja/index.ts';

type Texts = ReadonlyMap<string, string>;

/** The messages of a language by their whole keys, such as `shell.nav.chat`. */
function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  return new Map(entries.flatMap(([name, inner]) => [...flatten(inner, path === '' ? name : `${path}.${name}`)]));
}

const english = flatten(en);
const japanese = flatten(ja);

/** What a message is given: `name`, `count (plural)`, `code (tag)`, those of its plural forms too. */
function argumentsOf(text: string, locale: string): string[] {
  const found = new Set<string>();
  const visit = (elements: readonly Element[]): void => {
    for (const element of elements) {
      if (element.type !== literal && element.type !== pound) {
        found.add(`${element.value} (${kinds[element.type] ?? element.type})`);
      }
      for (const { value } of Object.values(element.options ?? {})) visit(value);
      visit(element.children ?? []);
    }
  };
  visit(new IntlMessageFormat(text, locale).getAst());
  return [...found].toSorted();
}

/** A part of a parsed message, as far as it matters here. */
interface Element {
  readonly type: number;
  readonly value?: string;
  readonly options?: Readonly<Record<string, { readonly value: readonly Element[] }>>;
  readonly children?: readonly Element[];
}

const literal = 0;
const pound = 7;
// A number may be plain in one language and a plural in the other.
const kinds: Readonly<Record<number, string>> = {
  1: 'value',
  2: 'value',
  3: 'date',
  4: 'time',
  5: 'select',
  6: 'value',
  8: 'tag',
};

/** Code that is shown as it is: braces in it are no arguments. */
const isCode = (key: string): boolean => key.startsWith('playground.json.placeholder.');
/** Asked of the demo model, which knows it in English alone. */
const sameOnPurpose = new Set(['chat.empty.count']);

test('both languages have the same messages', () => {
  assert.ok(english.size > 50);
  assert.deepEqual([...japanese.keys()].toSorted(), [...english.keys()].toSorted());
});

test('every message can be formatted, and takes the same values in both languages', () => {
  const differing = [...english].filter(
    ([key, text]) =>
      !isCode(key) && argumentsOf(text, 'en').join() !== argumentsOf(japanese.get(key) ?? '', 'ja').join(),
  );
  assert.deepEqual(differing, []);
});

test('no message is empty, and none is left in the other language', () => {
  const kana = /[\u3040-\u30ff]/;
  const notEnglish = [...english].filter(([, text]) => text.trim() === '' || (kana.test(text) && text !== '日本語'));
  assert.deepEqual(notEnglish, []);
  assert.deepEqual(untranslated(english, japanese), []);
});

/** Texts that are the same in both languages and hold a word that is no name. */
function untranslated(from: Texts, to: Texts): string[] {
  return [...from].flatMap(([key, text]) => {
    if (to.get(key) !== text || isCode(key) || sameOnPurpose.has(key)) return [];
    const words = withoutSyntax(text).match(/[A-Za-z]{2,}/g) ?? [];
    return words.some((word) => !names.has(word)) ? [`${key}: ${text}`] : [];
  });
}

/** What is written alike in both languages. */
const names = new Set(
  'Kumiki English Enter Ctrl Shift Esc API URL JSON ID KV TTFT ITL CPU GPU ms tok GB MB KB top curl TypeScript Python OpenAI SDK Markdown CSV'.split(
    ' ',
  ),
);

/** A message's words without its arguments and tags. */
function withoutSyntax(text: string): string {
  return text.replaceAll(/\{\w+(, *\w+)?\}|<\/?\w+>/g, ' ');
}

const web = join(import.meta.dirname, '..');
const sources = globSync('**/*.{ts,tsx}', { cwd: web })
  .filter((path) => !path.endsWith('.test.ts') && !path.startsWith('i18n/messages/'))
  .map((path) => readFileSync(join(web, path), 'utf8'));

/** What the API gives as codes, by the messages that tell them. */
const codes = {
  'causes.end': endCauses,
  'causes.attempt': attemptFailures,
  'causes.data': dataServiceCauses,
  'access.limit': Object.keys(defaultProjectLimits),
  'models.condition': Object.values(conditionReasons).flatMap((reasons) => Object.keys(reasons)),
};

/** Every text in the code that may be a key, those within templates and codes of the API too. */
const literals = new Set([
  ...sources.flatMap((code) => [...code.matchAll(/'([\w.]+)'/g)].map((match) => match[1] ?? '')),
  ...Object.values(codes).flat(),
]);

const hole = /\$\{[^}]*\}/;

/** Where a template has a hole, any text may stand: `nav.${name}` may be every key that begins with `nav.`. */
const patterns = sources
  .flatMap((code) => [...code.matchAll(/`([\w.]*(?:\$\{[^}`]*\}[\w.]*)+)`/g)].map((match) => match[1] ?? ''))
  .filter((template) => /[a-z]{2}/i.test(template.split(hole).join('')))
  .map((template) => new RegExp(`^${template.split(hole).map(escape).join('.+')}$`));

function escape(text: string): string {
  return text.replaceAll(/[^\w]/g, String.raw`\$&`);
}

/** Namespaces that `useTranslations` is called with. */
const namespaces = new Set(
  sources.flatMap((code) => [...code.matchAll(/useTranslations\('([\w.]+)'\)/g)].map((match) => match[1] ?? '')),
);

test('every code that the API gives for a failure, a condition or a limit is told, and nothing else', () => {
  for (const [kind, known] of Object.entries(codes)) {
    const told = [...english.keys()].filter((key) => key.startsWith(`${kind}.`));
    assert.deepEqual(told.toSorted(), known.map((code) => `${kind}.${code}`).toSorted());
  }
});

// That every key in use exists is checked by the types: `useTranslations` takes none that is not in the messages.
test('every message is used', () => {
  const unused = [...english.keys()].filter((key) => {
    const spaces = [...namespaces].filter((space) => key.startsWith(`${space}.`));
    const rests = spaces.map((space) => key.slice(space.length + 1));
    return !rests.some((rest) => literals.has(rest) || patterns.some((pattern) => pattern.test(rest)));
  });
  assert.deepEqual(unused, []);
});
