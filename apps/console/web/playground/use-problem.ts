import { useTranslations } from 'use-intl';
import { checkSchema } from './check-schema.ts';
import type { PlaygroundRequest } from './playground-request.ts';
import { readJson } from './read-json.ts';

/** Why a request cannot be sent yet; null when it can. */
export function useProblem(request: PlaygroundRequest): string | null {
  const t = useTranslations('playground.problem');
  const json = useJsonProblem();
  if (request.models.length === 0) return t('noModel');
  if (request.prompt.trim() === '') return t('noPrompt');
  if (json(request.schema, 'schema') !== null) return t('schema');
  return json(request.tools, 'tools') === null ? null : t('tools');
}

/** What is wrong with a text that has to be a JSON Schema or a list of tools, in words; null when nothing is. */
export function useJsonProblem(): (text: string, as: 'schema' | 'tools') => string | null {
  const t = useTranslations('playground.json');
  return (text, as) => {
    if (text.trim() === '') return null;
    const read = readJson(text);
    if (!read.ok) {
      const { line, column } = read;
      return line === null || column === null ? t('broken') : t('brokenAt', { line, column });
    }
    if (as === 'tools') return isTools(read.value) ? null : t('notTools');
    const problem = checkSchema(read.value);
    return problem === null ? null : t(`schema.${problem.what}`, { path: problem.path === '' ? '$' : problem.path });
  };
}

function isTools(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((tool: { type?: unknown; function?: { name?: unknown } } | null) => {
    return tool?.type === 'function' && typeof tool.function?.name === 'string';
  });
}
