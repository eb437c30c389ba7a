import { lstatSync, readFileSync } from 'node:fs';
import {
  egressEntrySchema,
  egressModeSchema,
  type EgressPolicy,
  KumikiError,
  maxEgressRuleLength,
  maxEgressRules,
} from '@kumiki/api';
import { formatEgressRule, parseEgressRule } from '@kumiki/policy';
import { writeFileAtomic } from '@kumiki/service/folder';
import { z } from 'zod';

/** Enough for all rules at their longest. */
const maxFileBytes = 1_048_576;

const listSchema = z.object({
  version: z.literal(1),
  mode: egressModeSchema,
  /** `since` is in Unix seconds. */
  allow: z.array(egressEntrySchema.extend({ since: z.int() })).max(maxEgressRules),
});
export type EgressList = z.infer<typeof listSchema>;

const emptyList: EgressList = { version: 1, mode: 'public', allow: [] };

export type EgressListRead =
  | { readonly kind: 'found'; readonly list: EgressList }
  /** It cannot be read, so its rules are unknown. */
  | { readonly kind: 'damaged' };

/** The operator's egress list from the state folder; empty when there is none. */
export function readEgressList(path: string): EgressListRead {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { kind: 'found', list: emptyList };
    if (!found.isFile() || found.size > maxFileBytes) return { kind: 'damaged' };
    const result = listSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return result.success ? { kind: 'found', list: result.data } : { kind: 'damaged' };
  } catch {
    return { kind: 'damaged' };
  }
}

/** The policy of a list; a damaged list allows nothing. */
export function policyOf(read: EgressListRead, own: readonly string[]): EgressPolicy {
  if (read.kind === 'damaged') return { mode: 'listed', allow: [], own };
  const { mode, allow } = read.list;
  return { mode, allow: allow.map(({ rule, by }) => ({ rule, by })), own };
}

/** Changes the list on disk. Throws KumikiError when it is damaged or would be too long. */
export function editEgressList(path: string, edit: (list: EgressList) => EgressList): EgressList {
  const read = readEgressList(path);
  if (read.kind === 'damaged') {
    throw new KumikiError('conflict', {
      reason: `${path} cannot be read, so that nothing outside may be reached. Repair it, or delete it and add the needed entries again`,
    });
  }
  const list = edit(read.list);
  if (list.allow.length > maxEgressRules) {
    throw new KumikiError('conflict', { reason: `At most ${maxEgressRules} rules are kept; remove some first` });
  }
  writeFileAtomic(path, `${JSON.stringify(list, null, 2)}\n`);
  return list;
}

/** A list with rules added. Rules of the operator keep that origin. */
export function withRules(
  list: EgressList,
  rules: readonly string[],
  by: 'operator' | 'manifest',
  since: number,
): EgressList {
  const allow = new Map(list.allow.map((entry) => [entry.rule, entry]));
  for (const rule of rules) {
    if (allow.get(rule)?.by !== 'operator') allow.set(rule, { rule, by, since: allow.get(rule)?.since ?? since });
  }
  return { ...list, allow: [...allow.values()] };
}

/** A rule in canonical form; null when it is invalid. */
export function spellRule(text: string): string | null {
  const rule = text.length <= maxEgressRuleLength ? parseEgressRule(text) : null;
  return rule === null ? null : formatEgressRule(rule);
}
