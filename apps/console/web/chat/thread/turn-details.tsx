import { useQuery } from '@tanstack/react-query';
import { Gauge } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { callApi } from '../../api/call-api.ts';
import { useSession } from '../../shell/session-gate.tsx';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { memberOf, type ShownTurn } from '../model/turn.ts';
import { finalRate } from '../run/phase.ts';

/** Tokens, times and ids of an answer. */
export function TurnDetails({ turn }: { readonly turn: ShownTurn }) {
  const t = useTranslations('chat');
  return (
    <Popover
      align="start"
      title={t('details.title')}
      trigger={<IconButton icon={Gauge} label={t('actions.details')} />}
    >
      <Details turn={turn} />
    </Popover>
  );
}

function Details({ turn }: { readonly turn: ShownTurn }) {
  const t = useTranslations('chat.details');
  const format = useFormatter();
  const { response, timing, requestId } = turn;
  const usage = response.usage;
  const cached = numberAt(usage, 'input_tokens_details', 'cached_tokens');
  const reasoning = numberAt(usage, 'output_tokens_details', 'reasoning_tokens');
  const rate = finalRate(turn);
  const seconds = (ms: number): string =>
    t('seconds', { value: format.number(ms / 1_000, { maximumFractionDigits: 2, minimumFractionDigits: 2 }) });
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-sm tabular-nums">
      <Row name={t('model')}>
        <bdi>{response.model}</bdi>
      </Row>
      {usage !== null && <Row name={t('input')}>{t('tokens', { count: usage.input_tokens })}</Row>}
      {cached > 0 && <Row name={t('cached')}>{t('tokens', { count: cached })}</Row>}
      {usage !== null && <Row name={t('output')}>{t('tokens', { count: usage.output_tokens })}</Row>}
      {reasoning > 0 && <Row name={t('reasoning')}>{t('tokens', { count: reasoning })}</Row>}
      {timing.queued_ms !== null && <Row name={t('queue')}>{seconds(timing.queued_ms)}</Row>}
      {timing.first_token_ms !== null && <Row name={t('firstToken')}>{seconds(timing.first_token_ms)}</Row>}
      {rate !== null && (
        <Row name={t('rate')}>{t('perSecond', { value: format.number(rate, { maximumFractionDigits: 1 }) })}</Row>
      )}
      {timing.total_ms !== null && <Row name={t('total')}>{seconds(timing.total_ms)}</Row>}
      <Row name={t('response')}>
        <Id id={turn.response_id} />
      </Row>
      {requestId !== null && (
        <>
          <Row name={t('request')}>
            <Id id={requestId} />
          </Row>
          <Replica requestId={requestId} model={response.model} />
        </>
      )}
    </dl>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 text-right">{children}</dd>
    </>
  );
}

function Id({ id }: { readonly id: string }) {
  const t = useTranslations('shell');
  return (
    <span className="flex items-center justify-end gap-1">
      <code className="truncate font-mono text-xs" title={id}>
        {id}
      </code>
      <CopyButton text={id} label={t('copy')} doneLabel={t('copied')} className="!size-6" />
    </span>
  );
}

interface Traced {
  readonly trace: readonly { readonly kind: string; readonly model: string | null; readonly replica: string | null }[];
}

/** Who wrote it, for those who may see that. */
function Replica({ requestId, model }: { readonly requestId: string; readonly model: string }) {
  const t = useTranslations('chat.details');
  const { key } = useSession();
  const { data } = useQuery({
    queryKey: ['request', requestId],
    queryFn: ({ signal }) => callApi<Traced>(`/v1/kumiki/requests/${requestId}`, { signal }),
    enabled: key.roles.includes('admin'),
    retry: false,
  });
  const replica = data?.trace.find(
    (one) => one.kind === 'model' && one.model === model && one.replica !== null,
  )?.replica;
  if (replica == null) return null;
  return (
    <Row name={t('replica')}>
      <Id id={replica} />
    </Row>
  );
}

function numberAt(value: unknown, ...names: readonly string[]): number {
  let at = value;
  for (const name of names) at = memberOf(at, name);
  return typeof at === 'number' ? at : 0;
}
