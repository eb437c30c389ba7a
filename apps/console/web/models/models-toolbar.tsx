import type { ServiceStatus } from '@kumiki/api';
import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { AddressField } from '../operate/address-field.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';

/** Finds services, and tells how many replicas there are of all. */
export function ModelsToolbar({
  services,
  problems,
}: {
  readonly services: readonly ServiceStatus[];
  readonly problems: number;
}) {
  const t = useTranslations('models.toolbar');
  const { get: address, set: setAddress } = useAddress();
  const only = address('only') === 'problems';
  const sum = (read: (service: ServiceStatus) => number): number =>
    services.reduce((total, service) => total + read(service), 0);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <AddressField name="q" label={t('find')} className="w-80 max-w-full" />
      <Button
        icon={CircleAlert}
        aria-pressed={only}
        className={only ? 'border-warn! bg-warn-soft! text-warn!' : ''}
        onClick={() => setAddress({ only: only ? '' : 'problems' })}
      >
        {t('problems', { count: problems })}
      </Button>
      <p className="text-sm text-soft">
        {t('summary', {
          services: services.length,
          ready: sum(({ ready }) => ready),
          desired: sum(({ desired }) => desired),
        })}
      </p>
    </div>
  );
}
