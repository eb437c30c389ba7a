import { useQuery } from '@tanstack/react-query';
import { Code, Play, Square } from 'lucide-react';
import { type KeyboardEvent, useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { modelsQuery, taskOf } from '../api/models.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { isComposing, useShortcut } from '../shell/keys.ts';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { Page, PageHeader } from '../ui/panel.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { Columns } from './columns.tsx';
import { toBody } from './playground-request.ts';
import { PromptPanel } from './prompt-panel.tsx';
import { useAnswers } from './use-answers.ts';
import { useProblem } from './use-problem.ts';
import { useRequest } from './use-request.ts';

/** One prompt, up to four models side by side. */
export default function PlaygroundScreen() {
  const t = useTranslations('playground');
  const { request, change } = useRequest();
  const { answers, run, stop, drop } = useAnswers();
  const { data, error } = useQuery(modelsQuery);
  const models = (data ?? []).filter((model) => taskOf(model) === 'chat').map(({ id }) => id);
  const problem = useProblem(request);
  const first = models[0];
  useEffect(() => {
    if (request.models.length === 0 && first !== undefined) change({ models: [first] });
  });

  const running = request.models.flatMap((_, column) => (isOpen(answers[column]?.state) ? [column] : []));
  const runAll = (): void => {
    if (problem === null) for (const [column, model] of request.models.entries()) run(column, toBody(request, model));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent) || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    runAll();
  };
  useShortcut('stop', () => {
    for (const column of running) stop(column);
    return running.length > 0 ? undefined : false;
  });
  return (
    <Page wide>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- shortcuts for what has buttons of its own */}
      <div onKeyDown={onKeyDown}>
        <PageHeader
          title={t('title')}
          note={t('note')}
          actions={
            <Actions
              running={running.length > 0}
              problem={problem}
              onRun={runAll}
              onStop={() => running.forEach(stop)}
            />
          }
        />
        {error !== null && <ErrorNotice error={error} />}
        <div className="grid items-start grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[minmax(19rem,24rem)_minmax(0,1fr)]">
          <PromptPanel request={request} onChange={change} />
          <Columns
            request={request}
            models={models}
            answers={answers}
            problem={problem}
            onModels={(next) => change({ models: next })}
            onRun={(column) => run(column, toBody(request, request.models[column] ?? ''))}
            onStop={stop}
            onDrop={(column) => {
              drop(column);
              change({ models: request.models.toSpliced(column, 1) });
            }}
          />
        </div>
        <CodeDialog request={request} problem={problem} />
      </div>
    </Page>
  );
}

function isOpen(state: string | undefined): boolean {
  return state === 'waiting' || state === 'streaming';
}

function Actions({
  running,
  problem,
  onRun,
  onStop,
}: {
  readonly running: boolean;
  readonly problem: string | null;
  readonly onRun: () => void;
  readonly onStop: () => void;
}) {
  const t = useTranslations('playground');
  const address = useAddress();
  return (
    <>
      <Button icon={Code} off={problem} onClick={() => address.set({ code: 'curl' }, 'push')}>
        {t('code')}
      </Button>
      {running ? (
        <Button key="stop" icon={Square} onClick={onStop}>
          {t('stopAll')}
        </Button>
      ) : (
        <Button key="run" kind="primary" icon={Play} off={problem} onClick={onRun}>
          {t('run')}
        </Button>
      )}
    </>
  );
}
