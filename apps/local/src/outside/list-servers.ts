import { type ModelService, sourceKind } from '@kumiki/api';
import { formatPlace, placeOf } from '@kumiki/policy';
import { editEgressList, policyOf, readEgressList, withRules } from '../home/egress-list.ts';
import type { HomeFolder } from '../home/home-folder.ts';
import { egressHere, judgeServer } from './check-servers.ts';

/**
 * Adds the servers of manifests to the egress list when the operator applies them on the machine's own command line,
 * which authorises servers on this machine and in its network. Metadata services and Kumiki's own addresses are never
 * added in this way.
 * @returns the added rules.
 */
export async function listServersOf(
  home: HomeFolder,
  manifests: readonly ModelService[],
  nowUnix: number,
): Promise<string[]> {
  const wanted: string[] = [];
  for (const url of new Set(manifests.flatMap(serversOf))) {
    const place = placeOf(url);
    const read = readEgressList(home.egress);
    if (place === null || read.kind === 'damaged') continue;
    const rule = formatPlace(place);
    const before = await judgeServer(egressHere(policyOf(read, []), []), url);
    if (before.allowed) continue;
    const list = withRules(read.list, [rule], 'manifest', nowUnix);
    const after = await judgeServer(egressHere(policyOf({ kind: 'found', list }, []), []), url);
    if (after.allowed) wanted.push(rule);
  }
  if (wanted.length > 0) editEgressList(home.egress, (list) => withRules(list, wanted, 'manifest', nowUnix));
  return wanted;
}

function serversOf({ spec }: ModelService): string[] {
  if (sourceKind(spec.model) !== 'remote') return [];
  return [spec.model.source, ...(spec.engine?.kind === 'openai' ? spec.engine.endpoints : [])];
}
