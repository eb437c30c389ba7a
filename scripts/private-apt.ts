import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sourceFiles = '/etc/apt/sources.list.d';

/**
 * Options that let apt see the packages of other Debian releases without a change to the machine's own settings.
 * @param work a folder for apt's lists and downloads.
 * @param kind `deb` for packages, `deb-src` for sources.
 */
export function privateApt(work: string, kind: 'deb' | 'deb-src', releases: readonly string[]): string[] {
  const list = join(work, 'sources.list');
  const lists = join(work, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const { uri, key } = archive();
  const signed = key === null ? '' : `[signed-by=${key}] `;
  writeFileSync(list, releases.map((release) => `${kind} ${signed}${uri} ${release} main\n`).join(''));
  return [
    ['Dir::Etc::SourceList', list],
    ['Dir::Etc::SourceParts', '/dev/null'],
    ['Dir::State::Lists', lists],
    ['Dir::Cache', work],
    ['APT::Sandbox::User', 'root'],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** Where this machine gets its Debian packages from: the first entry for its own release. */
function archive(): { readonly uri: string; readonly key: string | null } {
  const release = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const texts = [
    ...(existsSync(sourceFiles) ? readdirSync(sourceFiles).map((name) => join(sourceFiles, name)) : []),
    '/etc/apt/sources.list',
  ].flatMap((path) => (existsSync(path) ? [readFileSync(path, 'utf8')] : []));
  for (const entry of texts.flatMap((text) => text.split(/\n\s*\n/))) {
    const uri = /^URIs:\s*(\S+)/m.exec(entry)?.[1];
    const suites = /^Suites:\s*(.+)$/m.exec(entry)?.[1]?.split(/\s+/) ?? [];
    if (uri !== undefined && suites.includes(release))
      return { uri, key: /^Signed-By:\s*(\/\S+)/m.exec(entry)?.[1] ?? null };
  }
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, , uri, suite] = /^deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? [];
    if (uri !== undefined && suite === release) return { uri, key: null };
  }
  throw new Error(`no source of Debian packages for ${release} is configured`);
}
