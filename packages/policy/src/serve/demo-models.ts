import { didYouMean } from '@kumiki/api';

/** The files of `demo:…` sources, relative to the folder of the shipped models. */
export const demoFiles: Readonly<Record<string, string>> = {
  'demo:chat': 'chat/kumiki-demo-chat.gguf',
  'demo:embedding': 'embedding/kumiki-demo-embedding.gguf',
};

/**
 * The file of a source; undefined when it is not shipped, including names such as `constructor` that every object has.
 */
export function demoFileOf(source: string): string | undefined {
  return Object.hasOwn(demoFiles, source) ? demoFiles[source] : undefined;
}

/** The hint for a `demo:` name that is not shipped. The caller adds the full stop. */
export function demoHint(source: string): string {
  const near = didYouMean(source, Object.keys(demoFiles)).trim();
  return near === '' ? `Shipped are ${Object.keys(demoFiles).join(' and ')}` : near.replace(/\.$/, '');
}
