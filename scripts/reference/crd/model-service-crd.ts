import {
  apiGroup,
  apiVersion,
  modelServiceSchema,
  modelServiceSpecSchema,
  modelServiceStatusSchema,
  nameSchema,
  type SpecRule,
  specRules,
} from '@kumiki/api';
import { writeYaml } from '@kumiki/manifest';
import { celSentence, hole } from './cel.ts';
import type { StructuralSchema, Validation } from './form.ts';
import { structuralSchema } from './structural-schema.ts';

const group = apiGroup;
const version = apiVersion.slice(apiVersion.indexOf('/') + 1);

/** The columns of `kubectl get modelservices`; the last ones only with `-o wide`. */
const columns = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Replicas', type: 'integer', jsonPath: '.status.replicas', description: 'Pods there are.' },
  { name: 'Wanted', type: 'integer', jsonPath: '.spec.replicas', description: 'Pods there are to be.' },
  { name: 'Up', type: 'integer', jsonPath: '.status.readyReplicas', description: 'Pods that take requests.' },
  { name: 'Revision', type: 'string', jsonPath: '.status.revision' },
  { name: 'Models', type: 'string', jsonPath: '.status.models[*]' },
  { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Source', type: 'string', jsonPath: '.spec.model.source', priority: 1 },
  { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Degraded")].message', priority: 1 },
];

/** deploy/crds/modelservices.kumiki.dev.yaml */
export function modelServiceCrd(): string {
  const heading = `# Generated from packages/api/src/kinds by 'npm run reference'. Edit that.\n`;
  return `${heading}${writeYaml({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `modelservices.${group}`, labels: { 'app.kubernetes.io/part-of': 'kumiki' } },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind: 'ModelService',
        listKind: 'ModelServiceList',
        plural: 'modelservices',
        singular: 'modelservice',
        shortNames: ['msvc'],
        categories: ['kumiki'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: columns,
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.replicas',
              statusReplicasPath: '.status.replicas',
              labelSelectorPath: '.status.selector',
            },
          },
          schema: { openAPIV3Schema: objectSchema() },
        },
      ],
    },
  })}`;
}

function objectSchema(): StructuralSchema {
  const name = structuralSchema(nameSchema);
  const spec = structuralSchema(modelServiceSpecSchema);
  return {
    type: 'object',
    description: structuralSchema(modelServiceSchema).description ?? '',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: {
        ...spec,
        description: 'What is wanted.',
        'x-kubernetes-validations': specRules.filter(({ where }) => where !== 'machine').map(specValidation),
      },
      status: statusSchema(),
    },
    // The name is the only part of the metadata that a schema may speak of.
    'x-kubernetes-validations': [
      {
        rule: 'size(self.metadata.name) <= 63',
        message: 'metadata.name must have at most 63 characters.',
      },
      ...(name['x-kubernetes-validations'] ?? [])
        .filter(({ rule }) => rule.includes('matches'))
        .map(({ rule, messageExpression = '' }) => ({
          rule: rule.replaceAll('self', 'self.metadata.name'),
          messageExpression: messageExpression
            .replace(/^'/, "'metadata.name: ")
            .replace('[self]', '[self.metadata.name]'),
        })),
    ],
  };
}

/** Conditions are merged by their type, so that several writers of a status do not overwrite each other's. */
function statusSchema(): StructuralSchema {
  const status = structuralSchema(modelServiceStatusSchema);
  const { conditions, ...others } = status.properties ?? {};
  return {
    ...status,
    properties: {
      ...others,
      conditions: { ...conditions, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
    },
  };
}

function specValidation({ path, message, cel }: SpecRule): Validation {
  const values: string[] = [];
  const sentence = message.replaceAll(/\{([\w.]+)\}/g, (_, field: string) => {
    values.push(`self.${field}`);
    return hole;
  });
  const said = `${sentence}.`;
  return {
    rule: cel,
    ...(values.length === 0 ? { message: said } : { messageExpression: celSentence(said, values) }),
    fieldPath: `.${path.join('.')}`,
  };
}
