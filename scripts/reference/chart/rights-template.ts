import {
  operatorClusterRights,
  operatorOwnRights,
  operatorRights,
  type Right,
} from '../../../apps/operator/src/rights.ts';

/** The rules of each Role of the chart, by the name under which its templates include them. */
const rules: Readonly<Record<string, readonly Right[]>> = {
  'kumiki.operatorRights': operatorRights,
  'kumiki.operatorClusterRights': operatorClusterRights,
  'kumiki.operatorOwnRights': operatorOwnRights,
};

/** deploy/chart/templates/_rights.tpl: what programs that reach the API server may do there. */
export function rightsTemplate(): string {
  const defined = Object.entries(rules).map(
    ([name, rights]) => `{{- define "${name}" -}}\n${rights.map(rule).join('\n')}\n{{- end -}}\n`,
  );
  return `{{/* Made from apps/operator/src/rights.ts by npm run reference. */}}\n${defined.join('\n')}`;
}

function rule({ apiGroups, resources, verbs, why }: Right): string {
  return [
    `# ${why}`,
    `- apiGroups: ${JSON.stringify(apiGroups)}`,
    `  resources: ${JSON.stringify(resources)}`,
    `  verbs: ${JSON.stringify(verbs)}`,
  ].join('\n');
}
