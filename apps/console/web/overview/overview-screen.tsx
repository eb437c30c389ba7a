import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';

export default function OverviewScreen() {
  const t = useTranslations('overview');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
