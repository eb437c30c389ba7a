import type { Status } from '@kumiki/api';
import { MessagesSquare, SlidersHorizontal } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ActionLink } from '../operate/action-link.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Panel } from '../ui/panel.tsx';

const keyCommand = 'npm exec kumiki -- key create my-program';

/** First steps for an installation without recent requests. */
export function FirstSteps({ status }: { readonly status: Status }) {
  const t = useTranslations('overview.first');
  const model = status.services.find(({ manifest }) => manifest.spec.task === 'chat')?.models[0];
  const base = `${location.origin}/v1`;
  const ask = `curl ${base}/chat/completions -H "Authorization: Bearer $KUMIKI_API_KEY" -H "Content-Type: application/json" \\
  -d '{"model": "${model ?? 'MODEL'}", "messages": [{"role": "user", "content": "${t('question')}"}]}'`;
  return (
    <Panel title={t('title')} note={t('note')}>
      <ol className="grid gap-4 text-sm lg:grid-cols-3">
        <Step at={1} title={t('baseUrl')} text={base} />
        <Step at={2} title={t('key')} text={keyCommand} />
        <Step at={3} title={t('ask')} text={ask} />
      </ol>
      <div className="mt-4 flex flex-wrap gap-2">
        <ActionLink to="/chat" icon={MessagesSquare}>
          {t('chat')}
        </ActionLink>
        <ActionLink to="/playground" icon={SlidersHorizontal}>
          {t('playground')}
        </ActionLink>
      </div>
    </Panel>
  );
}

function Step({ at, title, text }: { readonly at: number; readonly title: string; readonly text: string }) {
  const t = useTranslations('shell');
  return (
    <li className="min-w-0">
      <p className="mb-1 font-medium">
        <span className="mr-2 inline-flex size-5 items-center justify-center rounded-full bg-accent-soft text-xs text-accent-text">
          {at}
        </span>
        {title}
      </p>
      <div className="flex items-start gap-2 rounded-lg bg-code py-1.5 pr-1.5 pl-3">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <pre tabIndex={0} className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-xs leading-5">
          {text}
        </pre>
        <CopyButton text={text} label={`${t('copy')}: ${title}`} doneLabel={t('copied')} />
      </div>
    </li>
  );
}
