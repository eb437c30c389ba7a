import type { DataService } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { ReasonText } from '../operate/reason-text.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { useDataServiceName } from './data-service-name.ts';

const tones = { starting: 'busy', ready: 'ok', failed: 'bad' } as const;

/** The services that keep data, with the reason where one is not ready. */
export function DataServices({ dataServices }: { readonly dataServices: readonly DataService[] }) {
  const t = useTranslations('overview.data');
  const causes = useTranslations('causes.data');
  const nameOf = useDataServiceName();
  return (
    <Panel title={t('title')} flush>
      {dataServices.length === 0 && <p className="px-5 pb-4 text-sm text-soft">{t('none')}</p>}
      <ul>
        {dataServices.map(({ name, state, reason, cause }) => (
          <li
            key={name}
            className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-t border-line px-5 py-2.5 text-sm"
          >
            <span className="w-44 font-medium">{nameOf(name)}</span>
            <Status tone={tones[state]} plain>
              {t(state)}
            </Status>
            {reason !== '' && (
              <div className="basis-full">
                <ReasonText told={cause === null ? null : causes(cause)} sentence={reason} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
