import type { ApiKey, ProjectLimitName, ProjectLimitsList, ProjectLimitsView } from '@kumiki/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { unknown } from '../operate/use-quantities.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useSession } from '../shell/session-gate.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { Meter } from '../ui/meter.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { SelectField } from '../ui/select.tsx';
import { Cell, Head, Table } from '../ui/table.tsx';
import { keysQuery, limitsQuery, usageQuery } from './access-queries.ts';
import { isBytes, writeBytes } from './limit-text.ts';
import { LimitsDialog } from './limits-dialog.tsx';

/** The limits and the usage of one project, which the address names. */
export function ProjectPanel() {
  const t = useTranslations('access.projects');
  const { key } = useSession();
  const { get, set } = useAddress();
  const limits = useQuery(limitsQuery);
  const keys = useQuery(keysQuery);
  const [changing, setChanging] = useState(false);
  const project = get('project') === '' ? key.project : get('project');
  const error = limits.error ?? keys.error;
  const view = limits.data === undefined ? null : viewOf(limits.data, project);
  return (
    <Panel
      title={t('title')}
      note={t('note')}
      flush
      actions={
        view !== null && (
          <Button size="small" onClick={() => setChanging(true)}>
            {t('change')}
          </Button>
        )
      }
    >
      <div className="grid gap-3 px-5 pb-3">
        {error !== null && <ErrorNotice error={error} />}
        <SelectField
          label={t('project')}
          className="max-w-xs"
          value={project}
          onChange={(next) => set({ project: next })}
          choices={projectsOf(limits.data, keys.data, project).map((name) => ({ value: name, label: name }))}
        />
      </div>
      {view === null ? error === null && <Skeleton className="m-5 h-40" /> : <LimitsTable view={view} />}
      {changing && view !== null && limits.data !== undefined && (
        <LimitsDialog view={view} defaults={limits.data.defaults} onClose={() => setChanging(false)} />
      )}
    </Panel>
  );
}

function LimitsTable({ view }: { readonly view: ProjectLimitsView }) {
  const t = useTranslations('access.projects');
  const limits = useTranslations('access.limit');
  const format = useFormatter();
  const usage = useQuery(usageQuery(view.project));
  const show = (name: ProjectLimitName, value: number): string =>
    isBytes(name) ? writeBytes(value) : format.number(value);
  return (
    <>
      {usage.error !== null && (
        <div className="px-5 pb-3">
          <ErrorNotice error={usage.error} />
        </div>
      )}
      <Table
        label={t('title')}
        head={
          <>
            <Head>{t('limit')}</Head>
            <Head>{t('used')}</Head>
            <Head numeric>{t('most')}</Head>
            <Head>{t('source')}</Head>
          </>
        }
      >
        {(Object.entries(view.limits) as [ProjectLimitName, number][]).map(([name, most]) => {
          const used = usage.data?.[name];
          return (
            <tr key={name}>
              <Cell>
                {limits(name)} <code className="block font-mono text-xs text-faint">{name}</code>
              </Cell>
              <Cell className="min-w-40">
                {used === undefined ? (
                  unknown
                ) : (
                  <Meter value={used} max={most} label={t('usedOf', { limit: limits(name) })}>
                    {show(name, used)}
                  </Meter>
                )}
              </Cell>
              <Cell numeric>{show(name, most)}</Cell>
              <Cell>{view.own.includes(name) ? t('own') : t('default')}</Cell>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

/** A project without its own limits has the defaults. */
function viewOf({ data, defaults }: ProjectLimitsList, project: string): ProjectLimitsView {
  const found = data.find((one) => one.project === project);
  return found ?? { object: 'kumiki.project_limits', project, limits: defaults, own: [] };
}

/** Projects with keys, projects with their own limits, and the selected one. */
function projectsOf(
  limits: ProjectLimitsList | undefined,
  keys: readonly ApiKey[] | undefined,
  shown: string,
): readonly string[] {
  const names = [...(limits?.data ?? []), ...(keys ?? [])].map(({ project }) => project);
  return [...new Set([shown, ...names])].sort();
}
