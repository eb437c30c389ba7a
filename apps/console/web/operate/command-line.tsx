import { useTranslations } from 'use-intl';
import { CopyButton } from '../ui/copy-button.tsx';

/** A command to copy: what a form does, in a terminal; or what the label says. */
export function CommandLine({ command, label }: { readonly command: string; readonly label?: string }) {
  const t = useTranslations('models.command');
  const shell = useTranslations('shell');
  const text = label ?? t('label');
  return (
    <div>
      <p className="mb-1 text-xs text-faint">{text}</p>
      <div className="flex items-center gap-2 rounded-lg bg-code py-1 pr-1 pl-3">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <code tabIndex={0} className="min-w-0 flex-1 overflow-x-auto font-mono text-xs whitespace-nowrap">
          {command}
        </code>
        <CopyButton text={command} label={`${shell('copy')}: ${text}`} doneLabel={shell('copied')} />
      </div>
    </div>
  );
}
