import type { Target } from '@kumiki/policy';
import type { HomeFolder } from '../home/home-folder.ts';
import { openSecretStore } from '../home/secret-store.ts';
import { watchFiles } from '../home/watch-files.ts';
import { createOutsideAccess, type OutsideAccess, type OwnUrls } from './outside-access.ts';

/** The operator's current settings for outside servers, reloaded when their files change. */
export interface Outside extends OutsideAccess {
  /** Calls back when a setting that these targets use has changed. */
  watch(targets: () => readonly Target[], changed: () => void): void;
  close(): void;
}

export function openOutside(home: HomeFolder, own: OwnUrls): Outside {
  const secrets = openSecretStore(home.secrets);
  const access = createOutsideAccess(home, own);
  let stop = (): void => {};
  return {
    ...access,
    watch(targets, changed) {
      const paths = (): string[] => [
        home.egress,
        ...targets().flatMap((target) =>
          target.kind === 'remote' && target.apiKey !== null ? [secrets.pathOf(target.apiKey)] : [],
        ),
      ];
      stop = watchFiles(paths, () => {
        access.refresh();
        changed();
      });
    },
    close: () => stop(),
  };
}
