import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';

export default function PlaygroundScreen() {
  const t = useTranslations('playground');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
