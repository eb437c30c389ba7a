import type { ModelService } from '@kumiki/api';
import { listModelsOf, listServersOf, openHome } from '@kumiki/local';
import { printNote } from '../terminal/print.ts';

/**
 * A user who applies manifests on the machine itself and may write its state folder is its operator. The local files
 * and network addresses that the manifests name are therefore added to the lists, and printed. Manifests over the API
 * do not get this.
 */
export async function listAsOperator(home: string, manifests: readonly ModelService[]): Promise<void> {
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
    // A user who may not write there is not the operator: unlisted files and servers are refused, with the remedy.
    if (!deniedCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const deniedCodes: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);
