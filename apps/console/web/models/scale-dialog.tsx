import type { ServiceStatus } from '@kumiki/api';
import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { CommandLine } from '../operate/command-line.tsx';
import { useQuantities } from '../operate/use-quantities.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField } from '../ui/number-field.tsx';
import { Notice } from '../ui/status.tsx';
import { showToast } from '../ui/toast.tsx';
import { serviceCan } from './capabilities.ts';
import { useChangeService } from './change-service.ts';
import { planScale, type ScalePlan } from './plan-scale.ts';

/** What the product accepts. */
const mostReplicas = 256;

/** How many replicas, with what that starts and ends. */
export function ScaleDialog({ service, onClose }: { readonly service: ServiceStatus; readonly onClose: () => void }) {
  const t = useTranslations('models.scale');
  const off = useTranslations('models.off');
  const shell = useTranslations('shell');
  const { name } = service.manifest.metadata;
  const [to, setTo] = useState(service.manifest.spec.replicas);
  const input = useRef<HTMLInputElement>(null);
  const plan = planScale(service, to);
  const reason = serviceCan.scale(service);
  const change = useChangeService(name, 'scale', () => {
    showToast({ title: t('done', { name, count: to }) });
    onClose();
  });
  const blocked = reason !== null ? off(reason) : plan.from === to ? t('same') : change.isPending ? '' : null;
  return (
    <Dialog
      open
      firstFocus={input}
      onClose={onClose}
      title={t('title', { name })}
      closeLabel={shell('close')}
      actions={
        <>
          <Button onClick={onClose}>{shell('cancel')}</Button>
          <Button
            kind={plan.endsAll ? 'danger' : 'primary'}
            off={blocked}
            onClick={() => change.mutate({ replicas: to })}
          >
            {t('confirm', { count: to })}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <NumberField
          label={t('label')}
          value={to}
          onChange={setTo}
          min={0}
          max={mostReplicas}
          lessLabel={t('less')}
          moreLabel={t('more')}
          inputRef={input}
        />
        {reason !== null && <Notice tone="warn">{off(reason)}</Notice>}
        {reason === null && <Consequences plan={plan} name={name} />}
        <CommandLine command={`npm exec kumiki -- scale ${name} ${to}`} />
        {change.error !== null && <ErrorNotice error={change.error} />}
      </div>
    </Dialog>
  );
}

function Consequences({ plan, name }: { readonly plan: ScalePlan; readonly name: string }) {
  const t = useTranslations('models.scale');
  const { bytes, duration } = useQuantities();
  if (plan.starts > 0) {
    return (
      <Notice tone="ok" title={t('starts', { count: plan.starts })}>
        {plan.bytesEach === null
          ? t('startsHow')
          : t('startsMemory', { each: bytes(plan.bytesEach), all: bytes(plan.bytesEach * plan.starts) })}
      </Notice>
    );
  }
  if (plan.ends === 0) return <p className="text-sm text-soft">{t('now', { count: plan.from })}</p>;
  const values = { running: plan.running, waiting: plan.waiting, limit: duration(plan.drainMs) };
  return (
    <Notice
      tone={plan.endsAll ? 'bad' : 'warn'}
      title={plan.endsAll ? t('endsAll', { name }) : t('ends', { count: plan.ends })}
    >
      {plan.endsAll ? t('endsAllHow', values) : t('endsHow', values)}
    </Notice>
  );
}
