import { manifestPage } from './manifest.ts';
import { settingsPage } from './settings.ts';

/** Documents that are made from the code, by their path. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  'docs/reference/settings.md': settingsPage,
  'docs/reference/manifest.md': manifestPage,
};
