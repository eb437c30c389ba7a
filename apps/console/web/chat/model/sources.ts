import { listMember, memberOf, type ResponseBody, textMember } from './turn.ts';

/** A passage that the model was given under a number. */
export interface Source {
  /** As it stands in the answer: `[1]` is the first. */
  readonly number: number;
  readonly fileId: string;
  readonly filename: string;
  readonly text: string;
  /** 0 to 1; null where the search did not say. */
  readonly score: number | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether the answer names it. */
  readonly used: boolean;
}

const markPattern = /\[(\d{1,3})\]/g;

/** The passages that were searched for an answer, in the order of their numbers, and which of them it uses. */
export function sourcesOf(response: Pick<ResponseBody, 'output'>, answer: string): readonly Source[] {
  const used = new Set([...answer.matchAll(markPattern)].map((match) => Number(match[1])));
  return response.output
    .filter(({ type }) => type === 'file_search_call')
    .flatMap((item) => listMember(item, 'results'))
    .map((result, index) => ({
      number: index + 1,
      fileId: textMember(result, 'file_id'),
      filename: textMember(result, 'filename'),
      text: textMember(result, 'text'),
      score: numberOrNull(memberOf(result, 'score')),
      attributes: textsOf(memberOf(result, 'attributes')),
      used: used.has(index + 1),
    }));
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}

/** The stores that an answer's search looked into. */
export function storesOf(response: ResponseBody): readonly string[] {
  return listMember(response, 'tools').flatMap((tool) =>
    listMember(tool, 'vector_store_ids').filter((id) => typeof id === 'string'),
  );
}
