import type { MissingGateway } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { Notice } from '../ui/status.tsx';

/** Shows which gateways did not answer in time, for data that comes from all of them. Renders nothing when all did. */
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
