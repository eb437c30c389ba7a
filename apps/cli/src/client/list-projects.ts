import { type ApiKey, pathTo, whatThereIs } from '@kumiki/api';
import { printNote } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import type { Connection } from './connect.ts';
import { callJson } from './http-client.ts';

/** The projects that keys belong to: a project is there as soon as a key names it. */
export async function listProjects(connection: Connection): Promise<string[]> {
  const { data } = await callJson<{ data: ApiKey[] }>(connection, pathTo('/v1/kumiki/keys'));
  return [...new Set(data.map(({ project }) => project))].toSorted();
}

/** Tells where a project is meant that no key belongs to: it may be one to come, or a mistyped one. */
export async function noteUnknownProject(connection: Connection, project: string): Promise<void> {
  const known = await listProjects(connection);
  if (known.includes(project)) return;
  printNote(printable(`No key belongs to the project '${project}'.${whatThereIs(project, known)}`));
}
