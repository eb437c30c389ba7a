import type { MissingGateway } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { Notice } from '../ui/status.tsx';

/** Says which gateways did not answer in time, where what is shown comes from all of them; nothing where all did. */
export function MissingGateways({ missing }: { readonly missing: readonly MissingGateway[] }) {
  const t = useTranslations('shell.missingGateways');
  if (missing.length === 0) return null;
  return (
    <Notice tone="warn" title={t('title', { count: missing.length })}>
      <ul>
        {missing.map(({ gateway, reason }) => (
          <li key={gateway}>
            <bdi>{t('one', { gateway, reason })}</bdi>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
