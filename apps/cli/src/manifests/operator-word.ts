import type { ModelService } from '@kumiki/api';
import { listModelsOf, listServersOf, openHome } from '@kumiki/local';
import { printNote } from '../terminal/print.ts';

/**
 * Whoever gives manifests to a command on the machine itself, and may write its state folder, operates it: what they name
 * on this machine and in its network is listed, and said. Manifests that come over the API have no such word.
 */
export async function takeOperatorsWord(home: string, manifests: readonly ModelService[]): Promise<void> {
  try {
    const folder = openHome(home);
    const now = Math.floor(Date.now() / 1_000);
    for (const path of await listModelsOf(folder, manifests, now)) {
      printNote(
        `${path} may be read as a model from now on, since a manifest names it ('kumiki models remove ${path}' ends that).`,
      );
    }
    for (const rule of await listServersOf(folder, manifests, now)) {
      printNote(
        `${rule} may be reached from now on, since a manifest names it ('kumiki egress remove ${rule}' ends that).`,
      );
    }
  } catch (error) {
    // Who may not write there does not operate the machine: what the manifests name is refused, with what would let it pass.
    if (!notHis.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const notHis: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);
