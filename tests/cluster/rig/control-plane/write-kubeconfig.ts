import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Authority, Subject } from './certificates.ts';

/** Writes the file by which a program or a person reaches the API server as the subject. JSON is YAML, too. */
export async function writeKubeconfig(
  file: string,
  server: string,
  authority: Authority,
  subject: Subject,
): Promise<string> {
  const { certificate, key } = await authority.issue(subject);
  mkdirSync(dirname(file), { recursive: true });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'rig', cluster: { server, 'certificate-authority': authority.certificate } }],
    users: [{ name: subject.name, user: { 'client-certificate': certificate, 'client-key': key } }],
    contexts: [{ name: 'rig', context: { cluster: 'rig', user: subject.name } }],
    'current-context': 'rig',
  };
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}
