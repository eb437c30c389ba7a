import { readFileSync } from 'node:fs';

/**
 * Questions over this project's own documents, each with the passage that answers it: its heading, and where that is
 * ambiguous, words of the passage. A chunk is correct when it has that heading and those words.
 */
export interface Label {
  readonly question: string;
  readonly language: 'en' | 'ja';
  readonly style: 'question' | 'keywords' | 'misspelt';
  readonly document: string;
  readonly heading: string;
  readonly quote?: string;
  /** A Japanese question about a document that exists in English only. */
  readonly crossLingual?: true;
}

export const root = new URL('../../', import.meta.url);

export function readLabels(): Label[] {
  return (['en', 'ja'] as const).flatMap((language) => {
    const path = new URL(`questions.${language}.json`, import.meta.url);
    const labels = JSON.parse(readFileSync(path, 'utf8')) as readonly Omit<Label, 'language'>[];
    return labels.map((label): Label => ({ ...label, language }));
  });
}

export interface Passage {
  readonly document: string;
  readonly heading: string | null;
  readonly text: string;
}

export function answers(passage: Passage, { document, heading, quote }: Label): boolean {
  if (passage.document !== document || passage.heading !== heading) return false;
  return quote === undefined || passage.text.replaceAll(/\s+/g, ' ').includes(quote);
}
