import { KumikiError } from '@kumiki/api';
import { checkMemory } from '../supervise/memory-need.ts';
import type { ServedService } from './served-service.ts';
import type { ProcessTarget, Target } from './target.ts';

export interface AdmissionInput {
  /** The services to apply, each of which is valid by itself. */
  readonly next: readonly ServedService[];
  /** The services that stay unchanged. */
  readonly others: readonly ServedService[];
  readonly maxServices: number;
  /** The machine that has to hold all replicas; null where a scheduler places them. */
  readonly machine: {
    readonly freeBytes: number;
    readonly running: readonly { readonly key: string; readonly revision: string }[];
  } | null;
}

type Check = (input: AdmissionInput) => KumikiError | null;

/** In this order: the first refusal is reported. */
const checks: readonly Check[] = [refuseTooMany, refuseSharedModels, refuseTooLarge];

/** Why the services are not admitted, with what would be; null when they are. */
export function judgeAdmission(input: AdmissionInput): KumikiError | null {
  for (const check of checks) {
    const refusal = check(input);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refuseTooMany({ next, others, maxServices }: AdmissionInput): KumikiError | null {
  const names = new Set([...others, ...next].map(({ manifest }) => manifest.metadata.name));
  if (names.size <= maxServices) return null;
  return new KumikiError('conflict', { reason: `One installation runs at most ${maxServices} services` });
}

/** A model name belongs to one service; otherwise clients would get either model at random. */
function refuseSharedModels({ next, others }: AdmissionInput): KumikiError | null {
  const owner = new Map<string, string>();
  for (const service of [...others, ...next]) {
    const { name } = service.manifest.metadata;
    for (const model of targetsOf(service).flatMap((target) => [target.model, ...target.aliases])) {
      const other = owner.get(model);
      if (other !== undefined) {
        return new KumikiError('conflict', {
          reason: `${name}: the model name '${model}' is already that of the service '${other}'; give one of them another spec.model.name`,
        });
      }
      owner.set(model, name);
    }
  }
  return null;
}

/** Refuses what cannot fit into memory beside the running replicas. */
function refuseTooLarge({ next, machine }: AdmissionInput): KumikiError | null {
  if (machine === null) return null;
  for (const target of next.flatMap(targetsOf)) {
    const refusal = target.kind === 'remote' ? null : refuseLargeTarget(target, machine);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refuseLargeTarget(
  { key, revision, model, replicas, launch }: ProcessTarget,
  { freeBytes, running }: NonNullable<AdmissionInput['machine']>,
): KumikiError | null {
  const there = running.filter((replica) => replica.key === key && replica.revision === revision).length;
  const more = replicas - there;
  if (more <= 0) return null;
  const verdict = checkMemory(launch.fileBytes, more, freeBytes);
  if (verdict.fits) return null;
  const most = there + verdict.fittingReplicas;
  return new KumikiError('insufficient_memory', {
    model,
    neededMiB: Math.ceil(verdict.neededBytes / 1_048_576),
    availableMiB: Math.floor(freeBytes / 1_048_576),
    remedy:
      most > 0
        ? `Set spec.replicas to ${most}.`
        : 'Take a smaller model or quantisation, or free memory on this machine.',
  });
}

function targetsOf({ resolution }: ServedService): readonly Target[] {
  return resolution.ok ? resolution.targets : [];
}
