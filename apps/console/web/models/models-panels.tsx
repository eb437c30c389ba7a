import type { ServiceStatus } from '@kumiki/api';
import { useAddress } from '../shell/use-address.ts';
import type { Measures } from './measures.ts';
import { ReplicaPanel } from './replica-panel.tsx';
import { RestartDialog } from './restart-dialog.tsx';
import { ScaleDialog } from './scale-dialog.tsx';
import { ServicePanel } from './service-panel.tsx';

/** The panel that the address names. */
export function ModelsPanels({
  services,
  measures,
}: {
  readonly services: readonly ServiceStatus[];
  readonly measures: Measures;
}) {
  const { get: address, set: setAddress } = useAddress();
  const named = (name: string): ServiceStatus | undefined =>
    services.find(({ manifest }) => manifest.metadata.name === name);
  const scaled = named(address('scale'));
  const restarted = named(address('restart'));
  const shown = named(address('service'));
  return (
    <>
      {scaled !== undefined && (
        <ScaleDialog key={address('scale')} service={scaled} onClose={() => setAddress({ scale: '' })} />
      )}
      {restarted !== undefined && <RestartDialog service={restarted} onClose={() => setAddress({ restart: '' })} />}
      {shown !== undefined && <ServicePanel service={shown} onClose={() => setAddress({ service: '', tab: '' })} />}
      {address('replica') !== '' && (
        <ReplicaPanel
          key={address('replica')}
          id={address('replica')}
          services={services}
          measures={measures}
          onClose={() => setAddress({ replica: '' })}
        />
      )}
    </>
  );
}
