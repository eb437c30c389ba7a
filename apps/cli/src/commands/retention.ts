import { pathTo, type Retention, type SetRetention } from '@kumiki/api';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { noteUnknownProject } from '../client/list-projects.ts';
import { CliError } from '../host/cli-error.ts';
import { print, printJson } from '../terminal/print.ts';

interface Flags extends ConnectionFlags {
  readonly json?: boolean;
  readonly project: string;
}

interface SetFlags extends Flags {
  readonly responseDays?: number | 'default';
  readonly conversationDays?: number | 'never';
}

const pathOf = (project: string): string => pathTo('/v1/kumiki/projects/:project/retention', { project });

export async function showRetention(flags: Flags): Promise<void> {
  const connection = connect(flags);
  const retention = await callJson<Retention>(connection, pathOf(flags.project));
  await noteUnknownProject(connection, flags.project);
  show(retention, flags);
}

export async function setRetention(flags: SetFlags): Promise<void> {
  const body: SetRetention = {
    response_days: flags.responseDays === 'default' ? null : flags.responseDays,
    conversation_days: flags.conversationDays === 'never' ? null : flags.conversationDays,
  };
  if (flags.responseDays === undefined && flags.conversationDays === undefined) {
    throw new CliError('There is nothing to set. Give --response-days, --conversation-days or both.', 2);
  }
  const connection = connect(flags);
  const retention = await callJson<Retention>(connection, pathOf(flags.project), { method: 'POST', body });
  await noteUnknownProject(connection, flags.project);
  show(retention, flags);
}

function show(retention: Retention, flags: Flags): void {
  if (flags.json === true) return printJson(retention);
  const { project, response_days: responses, conversation_days: conversations } = retention;
  print(`project/${project} keeps what is stored from now on:`);
  print(
    `responses      ${responses === null ? `${inDays(retention.default_response_days)}, as all do by default` : inDays(responses)}`,
  );
  print(`conversations  ${conversations === null ? 'until they are deleted' : inDays(conversations)}`);
}

function inDays(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
