import type { RequestRecord } from '@kumiki/api';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useLanguage } from '../i18n/i18n.tsx';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { Notice } from '../ui/status.tsx';
import { durationOf, outcomeOf, tokensPerSecondOf, ttftOf } from './request-facts.ts';

/** The numbers of one request, and in words what went wrong. */
export function RequestSummary({
  record,
  asked,
  now,
}: {
  readonly record: RequestRecord;
  /** The one of its trace that asked a model: it knows the tokens. */
  readonly asked: RequestRecord;
  readonly now: number;
}) {
  const t = useTranslations('requests.panel');
  const format = useFormatter();
  const { duration, count, rate, percent } = useQuantities();
  const ttft = ttftOf(record);
  const perSecond = tokensPerSecondOf(asked, now);
  const { prompt_tokens: prompt, cached_tokens: cached, completion_tokens: completion } = asked;
  return (
    <>
      <WhatWentWrong record={record} />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4 lg:grid-cols-6">
        <Fact label={t('started')}>
          {format.dateTime(new Date(record.started_at), {
            month: 'short',
            day: 'numeric',
            hour: '2-digit',
            minute: '2-digit',
            second: '2-digit',
            hourCycle: 'h23',
          })}
        </Fact>
        <Fact label={t('duration')}>{duration(durationOf(record, now))}</Fact>
        <Fact label={t('ttft')}>{ttft === null ? unknown : duration(ttft)}</Fact>
        <Fact label={t('prompt')}>
          {prompt === null ? unknown : count(prompt)}
          {prompt !== null && prompt > 0 && cached !== null && cached > 0 && (
            <span className="ml-1 text-xs font-normal text-faint">
              {t('cached', { share: percent(cached / prompt) })}
            </span>
          )}
        </Fact>
        <Fact label={t('completion')}>{completion === null ? unknown : count(completion)}</Fact>
        <Fact label={t('rate')}>{perSecond === null ? unknown : rate(perSecond)}</Fact>
      </dl>
    </>
  );
}

function WhatWentWrong({ record }: { readonly record: RequestRecord }) {
  const t = useTranslations('requests.wrong');
  const causes = useTranslations('causes.attempt');
  const { locale } = useLanguage();
  const failed = record.attempts.filter(({ outcome }) => outcome === 'failed');
  const { outcome, status, error_code: code, retries, continuations } = record;
  const reasons = failed.flatMap(({ replica, reason, failure }) => {
    if (reason === null) return [];
    return `${replica}: ${locale === 'en' || failure === null ? reason : causes(failure)}`;
  });
  if (outcome !== 'failed' && failed.length === 0) return null;
  const refused = outcomeOf(record) === 'refused';
  const title = refused
    ? t('refused', { status: status ?? 0, code: code ?? t('noCode') })
    : outcome === 'failed'
      ? t('failed', { status: status ?? 0, code: code ?? t('noCode') })
      : continuations > 0
        ? t('continued', { count: continuations })
        : t('retried', { count: retries });
  return (
    <Notice tone={outcome === 'failed' && !refused ? 'bad' : 'warn'} title={title}>
      <ul className="font-mono text-xs">
        {[...new Set(reasons)].map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Notice>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="text-sm font-medium tabular-nums">{children}</dd>
    </div>
  );
}
