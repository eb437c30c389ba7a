import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';

export default function RequestsScreen() {
  const t = useTranslations('requests');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
