import type { ServiceStatus } from '@kumiki/api';
import { ChevronDown, ChevronRight, FileText, RotateCw, Scaling } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { judgeService } from '../operate/judge-service.ts';
import { ServiceState } from '../operate/service-state.tsx';
import { SimulatedTag } from '../operate/simulated-tag.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { serviceCan } from './capabilities.ts';
import { ConditionText } from './condition-text.tsx';
import { groupReplicas, hasProblem } from './group-replicas.ts';
import type { Measures } from './measures.ts';
import { RevisionReplicas } from './revision-replicas.tsx';
import { ServiceNumbers } from './service-numbers.tsx';

/** More replicas than these are shown only when somebody asks. */
const openReplicas = 12;

/** A service: how it is, what it does now, and its replicas by revision. */
export function ServiceCard({ service, measures }: { readonly service: ServiceStatus; readonly measures: Measures }) {
  const t = useTranslations('models.card');
  const { get: address, set: setAddress } = useAddress();
  const { name } = service.manifest.metadata;
  const toggled = address('toggled').split(',').filter(Boolean);
  const opens = service.replicas.length <= openReplicas || hasProblem(service);
  const open = opens !== toggled.includes(name);
  const toggle = (): void => {
    const next = toggled.includes(name) ? toggled.filter((one) => one !== name) : [...toggled, name];
    setAddress({ toggled: next.join(',') });
  };
  const Chevron = open ? ChevronDown : ChevronRight;
  const aliases = service.manifest.spec.model.aliases;
  return (
    <section aria-label={name} className="rounded-2xl border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 pt-4">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <button
              type="button"
              aria-expanded={open}
              onClick={toggle}
              className="-ml-2 flex min-w-0 items-center gap-1 rounded-lg p-1 text-left hover:bg-sunken"
            >
              <Chevron aria-hidden className="size-4 shrink-0 text-faint" />
              <h2 className="text-base font-semibold break-all">{name}</h2>
            </button>
            <ServiceState service={service} />
            {service.simulated && <SimulatedTag />}
          </div>
          <p className="text-sm break-words text-soft sm:pl-5">
            {service.models.join(', ')}
            {aliases.length > 0 && <span className="text-faint"> · {t('aliases', { names: aliases.join(', ') })}</span>}
          </p>
        </div>
        <Actions service={service} />
      </header>
      {judgeService(service).tone !== 'ok' && <WhatIsWrong service={service} />}
      <ServiceNumbers service={service} load={measures.ofService(name)} line={measures.lineOfService(name)} />
      {open && service.replicas.length > 0 && (
        <div className="border-t border-line">
          {groupReplicas(service).map((group, at) => (
            <RevisionReplicas key={group.revision} group={group} measures={measures} heads={at === 0} />
          ))}
        </div>
      )}
    </section>
  );
}

/** The conditions that somebody should know of. */
function WhatIsWrong({ service }: { readonly service: ServiceStatus }) {
  const told = service.conditions.filter(({ type, status }) =>
    type === 'Ready' ? status === 'False' : status === 'True',
  );
  return (
    <ul className="mx-5 mt-2 grid sm:ml-10 gap-1.5 text-sm">
      {told.map((condition) => (
        <li key={condition.type}>
          <ConditionText condition={condition} />
        </li>
      ))}
    </ul>
  );
}

function Actions({ service }: { readonly service: ServiceStatus }) {
  const t = useTranslations('models.card');
  const off = useTranslations('models.off');
  const { set: setAddress } = useAddress();
  const { name } = service.manifest.metadata;
  const scaleOff = serviceCan.scale(service);
  const restartOff = serviceCan.restart(service);
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="small"
        icon={Scaling}
        off={scaleOff === null ? null : off(scaleOff)}
        onClick={() => setAddress({ scale: name }, 'push')}
      >
        {t('scale')}
      </Button>
      <Button
        size="small"
        icon={RotateCw}
        off={restartOff === null ? null : off(restartOff)}
        onClick={() => setAddress({ restart: name }, 'push')}
      >
        {t('restart')}
      </Button>
      <Button size="small" icon={FileText} onClick={() => setAddress({ service: name }, 'push')}>
        {t('details')}
      </Button>
    </div>
  );
}
