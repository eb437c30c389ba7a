import { apiGroup } from '@kumiki/api';

/** A rule of a Role of Kubernetes. */
interface Right {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Why the gateway needs it. */
  readonly why: string;
}

/** What a gateway may do in the namespaces that it watches. It writes nothing. */
export const gatewayRights: readonly Right[] = [
  { apiGroups: [apiGroup], resources: ['modelservices'], verbs: ['list', 'watch'], why: 'which models there are' },
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'], why: 'which replicas take requests' },
  {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['get'],
    why: 'the tokens of workers and the keys of outside servers, each by its name; none is listed',
  },
];
