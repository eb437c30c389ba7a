import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';

export default function KnowledgeScreen() {
  const t = useTranslations('knowledge');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
