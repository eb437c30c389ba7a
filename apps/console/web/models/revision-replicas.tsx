import { useTranslations } from 'use-intl';
import { useGrowing } from '../operate/use-growing.ts';
import { Button } from '../ui/button.tsx';
import type { RevisionGroup } from './group-replicas.ts';
import type { Measures } from './measures.ts';
import { ReplicaHeads, ReplicaRow } from './replica-row.tsx';

/** Rows that are drawn at once; more as somebody scrolls. */
const portion = 20;

/** The replicas of one revision. */
export function RevisionReplicas({
  group,
  measures,
  heads,
}: {
  readonly group: RevisionGroup;
  readonly measures: Measures;
  /** Names the columns: the first group does. */
  readonly heads: boolean;
}) {
  const t = useTranslations('models.revision');
  const { shown, grow, endRef } = useGrowing(group.replicas.length, portion);
  const total = group.replicas.length;
  return (
    <section className="border-t border-line first:border-t-0">
      <h3 className="flex flex-wrap items-baseline gap-x-2 bg-ground px-5 py-1.5 sm:pl-10 text-xs text-soft">
        <span>{t('title')}</span>
        <code className="font-mono text-ink">{group.revision}</code>
        <span>{group.current ? t('current') : t('former')}</span>
        <span className="text-faint">{t('ready', { ready: group.ready, total })}</span>
      </h3>
      {heads && <ReplicaHeads />}
      <ul>
        {group.replicas.slice(0, shown).map((replica) => (
          <ReplicaRow key={replica.id} replica={replica} measures={measures} />
        ))}
      </ul>
      {shown < total && (
        <div ref={endRef} className="border-t border-line px-5 py-2 sm:pl-10">
          <Button size="small" kind="ghost" onClick={grow}>
            {t('more', { shown, total })}
          </Button>
        </div>
      )}
    </section>
  );
}
