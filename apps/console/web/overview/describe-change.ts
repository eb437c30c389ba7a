import type { Change, ChangeKind } from '@kumiki/api';

/** The values that the translated sentence of a kind needs. Without them the product's own sentence is shown. */
const needed: Readonly<Record<ChangeKind, readonly string[]>> = {
  'service.created': [],
  'service.configured': [],
  'service.scaled': ['from', 'to'],
  'service.restarted': [],
  'service.removed': [],
  'replica.starting': [],
  'replica.ready': [],
  'replica.failed': ['reason'],
  'replica.restarted': [],
  'replica.draining': [],
  'replica.stopped': [],
  'key.created': ['name'],
  'key.revoked': ['name'],
  'limits.set': [],
  'session.created': ['name'],
  'session.ended': ['name', 'count'],
  'data_service.ready': [],
  'data_service.failed': ['reason'],
};

type Underscored<Kind extends string> = Kind extends `${infer Area}.${infer What}` ? `${Area}_${What}` : never;
export type ChangeMessage = Underscored<ChangeKind>;

/** The message that tells a change in any language, with its values; null when there is none for it. */
export function describeChange(
  change: Change,
): { readonly message: ChangeMessage; readonly values: Readonly<Record<string, string | number>> } | null {
  const names = (needed as Readonly<Record<string, readonly string[] | undefined>>)[change.kind];
  if (names === undefined || names.some((name) => change.params[name] === undefined)) return null;
  return {
    message: change.kind.replace('.', '_') as ChangeMessage,
    values: { ...change.params, subject: change.subject },
  };
}
