import { ArrowRight, ListX, ScrollText, Scaling } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ActionLink } from '../operate/action-link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { Problem, Remedy } from './judge-health.ts';
import { useProblemText } from './problem-text.ts';

/** Problems that need attention, the worst first, each with a remedy. Renders nothing without problems. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  const t = useTranslations('overview.needs');
  const text = useProblemText();
  if (problems.length === 0) return null;
  return (
    <Panel title={t('title', { count: problems.length })} flush>
      <ul>
        {problems.map((problem) => (
          <li
            key={`${problem.code}/${problem.subject}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-5 py-3"
          >
            <div className="w-24 shrink-0">
              <Status tone={problem.tone}>{t(problem.tone)}</Status>
            </div>
            <div className="min-w-0 flex-1 basis-64 text-sm">
              <p className="font-medium">{text(problem)}</p>
              <p className="text-soft">{t(`advice.${problem.code}`)}</p>
              {problem.original !== null && (
                <p lang="en" className="mt-0.5 font-mono text-xs break-words text-faint">
                  {problem.original}
                </p>
              )}
            </div>
            {problem.remedy !== null && <RemedyLink remedy={problem.remedy} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RemedyLink({ remedy }: { readonly remedy: Remedy }) {
  const t = useTranslations('overview.needs.remedy');
  switch (remedy.kind) {
    case 'logs':
      return (
        <ActionLink to="/models" search={{ replica: remedy.replica }} icon={ScrollText}>
          {t('logs')}
        </ActionLink>
      );
    case 'service':
      return (
        <ActionLink to="/models" search={{ service: remedy.service }} icon={ArrowRight}>
          {t('service')}
        </ActionLink>
      );
    case 'scale':
      return (
        <ActionLink to="/models" search={{ scale: remedy.service }} icon={Scaling}>
          {t('scale')}
        </ActionLink>
      );
    case 'failed_requests':
      return (
        <ActionLink to="/requests" search={{ outcome: 'failed' }} icon={ListX}>
          {t('requests')}
        </ActionLink>
      );
  }
}
