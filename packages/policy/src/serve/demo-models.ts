import { didYouMean } from '@kumiki/api';

/** The files that `demo:…` stands for, relative to the folder of the shipped models. */
export const demoFiles: Readonly<Record<string, string>> = {
  'demo:chat': 'chat/kumiki-demo-chat.gguf',
  'demo:embedding': 'embedding/kumiki-demo-embedding.gguf',
};

/** The file that a source stands for; undefined for what is not shipped, names that every object has among them. */
export function demoFileOf(source: string): string | undefined {
  return Object.hasOwn(demoFiles, source) ? demoFiles[source] : undefined;
}

/** The hint for a `demo:` name that is not shipped; its sentence is ended by whoever shows it. */
export function demoHint(source: string): string {
  const near = didYouMean(source, Object.keys(demoFiles)).trim();
  return near === '' ? `Shipped are ${Object.keys(demoFiles).join(' and ')}` : near.replace(/\.$/, '');
}
