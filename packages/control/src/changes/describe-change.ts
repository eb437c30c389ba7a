import type { Change, ChangeKind } from '@kumiki/api';

export type ChangeParams = Readonly<Record<string, string | number>>;

interface Wording {
  readonly severity: Change['severity'];
  /** A template: `{subject}` and `{name of a parameter}` are replaced by their values. */
  readonly message: string;
}

const wordings: Readonly<Record<ChangeKind, Wording>> = {
  'service.created': { severity: 'info', message: 'The service {subject} was created.' },
  'service.configured': { severity: 'info', message: 'The service {subject} was configured anew.' },
  'service.scaled': { severity: 'info', message: 'The service {subject} was scaled from {from} to {to} replicas.' },
  'service.restarted': { severity: 'info', message: 'The service {subject} is restarted, replica by replica.' },
  'service.removed': { severity: 'warning', message: 'The service {subject} was removed.' },
  'replica.starting': { severity: 'info', message: 'The replica {subject} starts.' },
  'replica.ready': { severity: 'info', message: 'The replica {subject} takes requests.' },
  'replica.failed': { severity: 'error', message: 'The replica {subject} failed: {reason}.' },
  'replica.restarted': { severity: 'warning', message: 'The replica {subject} was started again.' },
  'replica.draining': { severity: 'info', message: 'The replica {subject} takes no more requests.' },
  'replica.stopped': { severity: 'info', message: 'The replica {subject} has stopped.' },
  'key.created': { severity: 'info', message: "The key '{name}' was created." },
  'key.revoked': { severity: 'warning', message: "The key '{name}' was revoked." },
  'limits.set': { severity: 'info', message: 'What the project {subject} may have was changed.' },
  'session.created': { severity: 'info', message: "Somebody signed in with the key '{name}'." },
  'session.ended': { severity: 'info', message: "Browsers with the key '{name}' were signed out: {count}." },
  'data_service.ready': { severity: 'info', message: 'The service {subject} is ready.' },
  'data_service.failed': { severity: 'error', message: 'The service {subject} does not start: {reason}' },
};

/** What a change means, in one English sentence. */
export function describeChange(kind: ChangeKind, subject: string, params: ChangeParams): Wording {
  const { severity, message } = wordings[kind];
  const valueOf = (name: string): string => String(name === 'subject' ? subject : (params[name] ?? '–'));
  return { severity, message: message.replaceAll(/\{(\w+)\}/g, (_, name: string) => valueOf(name)) };
}
