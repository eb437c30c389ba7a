import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { ProjectPanel } from './project-panel.tsx';

/** What keys and projects may use, and what projects use of it. */
export default function AccessScreen() {
  const t = useTranslations('access');
  return (
    <Page>
      <PageHeader title={t('title')} note={t('note')} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <ProjectPanel />
        <KeysPanel />
      </div>
    </Page>
  );
}
