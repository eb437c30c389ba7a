import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { CopyButton } from '../ui/copy-button.tsx';
import { Logo } from './logo.tsx';

const command = 'npm exec kumiki console';
/** For any machine with its own key; the link has the rights of that key. */
const commandElsewhere = `npm exec kumiki -- console --url ${location.origin}`;

/** How to sign in, for those who are not. */
export function SignInHelp({ problem }: { readonly problem?: string }) {
  const t = useTranslations('shell.signIn');
  return (
    <SignInCard>
      {problem === undefined ? (
        <p className="text-sm text-soft">
          {t.rich('how', { code: (chunks) => <code className="font-mono text-ink">{chunks}</code> })}
        </p>
      ) : (
        <p role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
      <Command text={command} />
      <p className="text-sm text-soft">
        {t.rich('elsewhere', { code: (chunks) => <code className="font-mono text-ink">{chunks}</code> })}
      </p>
      <Command text={commandElsewhere} />
      <p className="text-xs text-faint">{t('why')}</p>
    </SignInCard>
  );
}

function Command({ text }: { readonly text: string }) {
  const t = useTranslations('shell');
  return (
    <div className="flex items-center gap-2 rounded-lg bg-code py-1.5 pr-1.5 pl-3 font-mono text-sm">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <span tabIndex={0} className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap">
        {text}
      </span>
      <CopyButton text={text} label={t('copy')} doneLabel={t('copied')} />
    </div>
  );
}

export function SignInCard({ children }: { readonly children: ReactNode }) {
  const t = useTranslations('shell');
  return (
    <main className="grid h-full place-items-center overflow-y-auto p-4">
      <div className="grid w-full max-w-lg grid-cols-[minmax(0,1fr)] gap-4 rounded-3xl border border-line bg-surface p-8 shadow-float">
        <div className="flex items-center gap-3">
          <Logo className="size-10" />
          <h1 className="text-xl font-semibold tracking-tight">
            {t('product')} <span className="font-normal text-faint">· {t('signIn.title')}</span>
          </h1>
        </div>
        {children}
      </div>
    </main>
  );
}
