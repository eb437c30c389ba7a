import { printServices } from '../commands/status.ts';
import type { Product } from '../product/start-product.ts';
import { colors, print } from '../terminal/print.ts';
import { isReady } from './data-service-changes.ts';
import type { ShownSecrets } from './show-secrets.ts';

/** Prints what a user needs next: the URL, the key, an example call, and what runs. */
export function printWelcome({ runtime, addresses, adminKey }: Product, told: ShownSecrets, startMs: number): void {
  const { version, services, data_services: dataServices } = runtime.status();
  const base = `${addresses.shown}/v1`;
  print(`${colors.bold(`Kumiki ${version} is up`)} after ${(startMs / 1_000).toFixed(1)} s`);
  print();
  if (told.link === null)
    print(`  Console  ${colors.cyan(addresses.shown)} (a link that signs in is in ${told.linkFile})`);
  else print(`  Console  ${colors.cyan(told.link)}`);
  print(
    colors.dim("           The link signs a browser in, once and within 15 minutes; 'kumiki console' gives a new one."),
  );
  print(`  API      ${colors.cyan(base)}`);
  if (addresses.others.length > 0) print(colors.dim(`           also ${addresses.others.join(', ')}`));
  printKey(adminKey.isNew, told);
  const chat = services.find(({ manifest, models }) => manifest.spec.task === 'chat' && models.length > 0)?.models[0];
  if (chat !== undefined) printExample(base, chat, told.key === null ? 'process.env.KUMIKI_API_KEY' : `'${told.key}'`);
  print();
  if (services.length === 0) print("No service runs. Create one with 'kumiki apply -f <manifest>'.");
  else printServices(services);
  print();
  const starting = dataServices.filter((service) => !isReady(service)).map(({ name }) => name);
  if (starting.length > 0) {
    print(
      `Still starting: ${starting.join(', ')}. What they serve answers 503 until then; a line here tells when they are ready.`,
    );
    print();
  }
  print(`Try ${colors.bold('npm exec kumiki chat')} in another terminal. Ctrl-C here drains and stops.`);
}

function printKey(isNew: boolean, { key, keyFile }: ShownSecrets): void {
  if (key !== null) {
    print(`  API key  ${colors.cyan(key)}`);
    print(
      colors.dim(`           It may do everything, and is shown once; the CLI on this machine has it in ${keyFile}.`),
    );
  } else if (isNew) print(`  API key  is in ${keyFile}; it may do everything`);
  else print(`  API key  as before (this machine's is in ${keyFile}; make others with 'kumiki key create')`);
}

/** @param key as JavaScript. */
function printExample(base: string, model: string, key: string): void {
  print();
  print("  import OpenAI from 'openai';");
  print(`  const ai = new OpenAI({ baseURL: '${base}', apiKey: ${key} });`);
  print(
    `  console.log((await ai.chat.completions.create({ model: '${model}', messages: [{ role: 'user', content: 'What is a Pod?' }] })).choices[0].message.content);`,
  );
}
