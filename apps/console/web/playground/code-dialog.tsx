import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useAddress } from '../shell/use-address.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/select.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { type Language, languages, toCode } from './code.ts';
import { type PlaygroundRequest, toBody } from './playground-request.ts';

/** The same request as a program. */
export function CodeDialog({
  request,
  problem,
}: {
  readonly request: PlaygroundRequest;
  readonly problem: string | null;
}) {
  const t = useTranslations('playground');
  const shell = useTranslations('shell');
  const address = useAddress();
  const chosen = languages.find((language) => language === address.get('code')) ?? null;
  const [model, setModel] = useState('');
  const models = [...new Set(request.models)];
  const shown = models.includes(model) ? model : (models[0] ?? '');
  return (
    <Dialog
      open={chosen !== null && problem === null}
      onClose={() => address.set({ code: null })}
      wide
      title={t('codeTitle')}
      description={t('codeNote')}
      closeLabel={shell('close')}
    >
      {chosen !== null && problem === null && (
        <div className="grid gap-3">
          {models.length > 1 && (
            <SelectField
              label={t('model')}
              value={shown}
              onChange={setModel}
              choices={models.map((id) => ({ value: id, label: id }))}
            />
          )}
          <Tabs
            label={t('language')}
            value={chosen}
            onChange={(code) => address.set({ code })}
            tabs={languages.map((language) => ({
              value: language,
              label: t(`languages.${language}`),
              panel: <Program language={language} text={toCode(language, location.origin, toBody(request, shown))} />,
            }))}
          />
        </div>
      )}
    </Dialog>
  );
}

function Program({ language, text }: { readonly language: Language; readonly text: string }) {
  const t = useTranslations('playground');
  const shell = useTranslations('shell');
  return (
    <div className="relative">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre
        tabIndex={0}
        className="max-h-[55dvh] overflow-auto rounded-lg bg-code p-4 pr-12 font-mono text-xs leading-5"
      >
        {text}
      </pre>
      <CopyButton
        text={text}
        label={t('copyAs', { language: t(`languages.${language}`) })}
        doneLabel={shell('copied')}
        className="absolute top-2 right-2 bg-raised"
      />
    </div>
  );
}
