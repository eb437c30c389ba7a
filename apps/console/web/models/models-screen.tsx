import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';

export default function ModelsScreen() {
  const t = useTranslations('models');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
