import type { ServiceStatus } from '@kumiki/api';
import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useAddress } from '../operate/use-address.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';

/** Finds services, and tells how many replicas there are of all. */
export function ModelsToolbar({
  services,
  problems,
}: {
  readonly services: readonly ServiceStatus[];
  readonly problems: number;
}) {
  const t = useTranslations('models.toolbar');
  const [address, setAddress] = useAddress();
  const only = address('only') === 'problems';
  const sum = (read: (service: ServiceStatus) => number): number =>
    services.reduce((total, service) => total + read(service), 0);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <TextField
        label={t('find')}
        hideLabel
        type="search"
        placeholder={t('find')}
        value={address('q')}
        onChange={(q) => setAddress({ q })}
        className="w-64 max-w-full"
      />
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
