import type { ServiceStatus } from '@kumiki/api';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CommandLine } from '../operate/command-line.tsx';
import { ServiceState } from '../operate/service-state.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/select.tsx';
import { Status } from '../ui/status.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { serviceCan } from './capabilities.ts';
import { ConditionText } from './condition-text.tsx';
import { LogViewer } from './log-viewer.tsx';
import { toYamlDocument } from './to-yaml.ts';

/** More about a service, at the side: its conditions, its manifest, the logs of its replicas. */
export function ServicePanel({ service, onClose }: { readonly service: ServiceStatus; readonly onClose: () => void }) {
  const t = useTranslations('models.panel');
  const shell = useTranslations('shell');
  const { get: address, set: setAddress } = useAddress();
  const { name } = service.manifest.metadata;
  return (
    <Dialog
      open
      onClose={onClose}
      place="side"
      wide
      title={name}
      description={service.models.join(', ')}
      closeLabel={shell('close')}
    >
      <div className="flex h-full min-h-0 flex-col gap-3">
        <div>
          <ServiceState service={service} />
        </div>
        <Tabs
          label={t('tabs')}
          value={address('tab') || 'conditions'}
          onChange={(tab) => setAddress({ tab: tab === 'conditions' ? '' : tab })}
          tabs={[
            { value: 'conditions', label: t('conditions'), panel: <Conditions service={service} /> },
            { value: 'manifest', label: t('manifest'), panel: <Manifest service={service} /> },
            { value: 'logs', label: t('logs'), panel: <Logs service={service} /> },
          ]}
        />
      </div>
    </Dialog>
  );
}

function Conditions({ service }: { readonly service: ServiceStatus }) {
  const t = useTranslations('models.panel');
  return (
    <ul className="grid gap-3">
      {service.conditions.map((condition) => {
        const wanted = condition.type === 'Ready' ? 'True' : 'False';
        const tone = condition.status === wanted ? 'ok' : condition.type === 'Progressing' ? 'busy' : 'bad';
        return (
          <li key={condition.type} className="grid gap-1 rounded-xl border border-line px-4 py-3 text-sm">
            <div className="flex flex-wrap items-baseline gap-x-3">
              <Status tone={tone} plain>
                {t(`type.${condition.type}`)}
              </Status>
              <code className="font-mono text-xs text-faint">
                {condition.type}={condition.status} {condition.reason}
              </code>
            </div>
            <ConditionText condition={condition} />
          </li>
        );
      })}
    </ul>
  );
}

function Manifest({ service }: { readonly service: ServiceStatus }) {
  const t = useTranslations('models.panel');
  const shell = useTranslations('shell');
  const { name } = service.manifest.metadata;
  const yaml = toYamlDocument(service.manifest);
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([yaml], { type: 'application/yaml' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: `${name}.yaml` });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex items-center gap-2">
        <p className="flex-1 text-xs text-faint">{t('manifestNote')}</p>
        <Button size="small" icon={Download} onClick={download}>
          {t('download')}
        </Button>
        <CopyButton text={yaml} label={`${shell('copy')}: ${t('manifest')}`} doneLabel={shell('copied')} />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="overflow-auto rounded-xl bg-code p-4 font-mono text-xs leading-5">
        {yaml}
      </pre>
      <CommandLine command={`npm exec kumiki -- apply -f ${name}.yaml`} />
    </div>
  );
}

function Logs({ service }: { readonly service: ServiceStatus }) {
  const t = useTranslations('models.panel');
  const off = useTranslations('models.off');
  const [chosen, setChosen] = useState<string | null>(null);
  const reason = serviceCan.showLog(service);
  const [first] = service.replicas;
  if (reason !== null || first === undefined) return <p className="text-sm text-soft">{off(reason ?? 'no_log')}</p>;
  const id = service.replicas.some((replica) => replica.id === chosen) && chosen !== null ? chosen : first.id;
  return (
    <div className="flex h-full min-h-96 flex-col gap-3">
      <SelectField
        label={t('replica')}
        value={id}
        onChange={setChosen}
        choices={service.replicas.map((replica) => ({ value: replica.id, label: replica.id }))}
      />
      <LogViewer key={id} replica={id} />
    </div>
  );
}
