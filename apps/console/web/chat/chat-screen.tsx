import { useTranslations } from 'use-intl';
import { Page, PageHeader } from '../ui/panel.tsx';

export default function ChatScreen() {
  const t = useTranslations('chat');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
