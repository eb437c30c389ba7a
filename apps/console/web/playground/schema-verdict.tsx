import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Status } from '../ui/status.tsx';
import { findMismatch } from './match-schema.ts';
import { readJson } from './read-json.ts';

/** Whether an answer is what its schema asks for. */
export function SchemaVerdict({ text, schema }: { readonly text: string; readonly schema: string }) {
  const t = useTranslations('playground.verdict');
  const verdict = useMemo(() => {
    const answer = readJson(text);
    const wanted = readJson(schema);
    if (!wanted.ok) return null;
    return answer.ok ? { path: findMismatch(wanted.value, answer.value) } : 'noJson';
  }, [text, schema]);
  if (verdict === null) return null;
  if (verdict === 'noJson') return <Status tone="bad">{t('noJson')}</Status>;
  if (verdict.path === null) return <Status tone="ok">{t('matches')}</Status>;
  return <Status tone="bad">{t('differs', { path: verdict.path })}</Status>;
}
