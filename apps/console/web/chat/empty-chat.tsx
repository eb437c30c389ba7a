import { ArrowUpRight } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Logo } from '../shell/logo.tsx';
import { useSession } from '../shell/session-gate.tsx';
import { CopyButton } from '../ui/copy-button.tsx';

const prompts = ['pod', 'kubernetes', 'count', 'story'] as const;

/** A chat before its first turn: what this is, and things that work at once. */
export function EmptyChat({
  model,
  onPrompt,
}: {
  readonly model: string | null;
  readonly onPrompt: (text: string) => void;
}) {
  const t = useTranslations('chat.empty');
  const { key } = useSession();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-3xl flex-col justify-end px-4 pt-10 pb-6">
        <Logo className="mb-5 size-12" />
        <h1 className="text-3xl font-semibold tracking-tight max-sm:text-2xl">{t('greeting')}</h1>
        <p className="mt-2 max-w-prose text-soft">{t('note')}</p>
        {model === null ? (
          <div className="mt-8 rounded-2xl border border-line bg-surface p-5">
            <p className="font-medium">{t('noModel')}</p>
            <p className="mt-1 text-sm text-soft">{key.roles.includes('admin') ? t('noModelText') : t('noModelAsk')}</p>
          </div>
        ) : (
          <>
            <h2 className="mt-9 mb-2 text-xs font-medium text-faint">{t('prompts')}</h2>
            <ul className="grid gap-2 sm:grid-cols-2">
              {prompts.map((name) => (
                <li key={name}>
                  <button
                    type="button"
                    onClick={() => onPrompt(t(name))}
                    className="group flex h-full w-full items-start gap-3 rounded-xl border border-line bg-surface px-4 py-3 text-left transition-colors hover:border-accent-text hover:bg-raised"
                  >
                    <span className="min-w-0 flex-1">
                      <span className="block text-sm font-medium text-pretty">{t(name)}</span>
                      <span className="mt-0.5 block text-xs text-faint">{t(`${name}Note`)}</span>
                    </span>
                    <ArrowUpRight
                      aria-hidden
                      className="size-4 shrink-0 text-faint transition-colors group-hover:text-accent-text"
                    />
                  </button>
                </li>
              ))}
            </ul>
            <p className="mt-4 text-sm text-soft">{t('files')}</p>
            <Connect model={model} />
          </>
        )}
      </div>
    </div>
  );
}

function Connect({ model }: { readonly model: string }) {
  const t = useTranslations('chat.empty');
  const shell = useTranslations('shell');
  const text = `curl ${location.origin}/v1/responses -H "Authorization: Bearer $KUMIKI_API_KEY" -H "Content-Type: application/json" -d '{"model": "${model}", "input": "What is a Pod?"}'`;
  return (
    <div className="mt-6 text-sm">
      <p className="mb-1 text-xs text-faint">{t('connect')}</p>
      <div className="flex items-center gap-2 rounded-lg bg-code py-1 pr-1 pl-3">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <code
          tabIndex={0}
          dir="ltr"
          className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-xs whitespace-nowrap text-soft"
        >
          {text}
        </code>
        <CopyButton text={text} label={shell('copy')} doneLabel={shell('copied')} />
      </div>
    </div>
  );
}
