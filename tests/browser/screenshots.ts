/**
 * Takes the pictures that the READMEs show, of the real product with its demo models: `npm run screenshots` writes them
 * to docs/images. They show real answers.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@kumiki/testing';
import { chatOn } from './chat.ts';
import { launchChromium } from './chromium.ts';
import { openConsole } from './console-page.ts';
import { type ConsoleProduct, startConsoleProduct } from './console-product.ts';
import { type Locale, say } from './words.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images');
const size = { width: 1280, height: 800 };
/** Requests that fill the charts. */
const warmUpRequests = 40;
const patienceMs = 120_000;

const handbooks: Readonly<Record<Locale, { name: string; text: string; question: string; more: string }>> = {
  en: {
    name: 'glossary.md',
    text: 'A Pod is the smallest unit Kubernetes runs. It holds one or more containers that share a network address and storage volumes.\n',
    question: 'What is a Pod?',
    more: 'Explain everything you know about RAG.',
  },
  ja: {
    name: '用語集.md',
    text: 'PodはKubernetesが動かす最小の単位です。1つ以上のコンテナを含み、ネットワークとボリュームを共有します。\n',
    question: 'Podとは何ですか？',
    more: 'Kubernetesについて知っていることをすべて説明してください。',
  },
};

await using product = await startConsoleProduct();
const browser = await launchChromium();
try {
  mkdirSync(folder, { recursive: true });
  await warmUp(product);
  for (const locale of ['en', 'ja'] as const) await takeAll(locale);
} finally {
  await browser.close();
}

async function takeAll(locale: Locale): Promise<void> {
  const { name, text, question, more } = handbooks[locale];
  const store = await makeStore(name, text);
  const suffix = locale === 'en' ? '' : `.${locale}`;
  const chat = await product.api<{ id: string }>('/v1/kumiki/chats', {
    settings: { model: 'demo-chat', temperature: 0, vector_store_ids: [store] },
  });
  await using opened = await openConsole(browser, product, { locale, viewport: size, deviceScaleFactor: 1.5 });
  const { page } = opened;
  const take = (picture: string) => page.screenshot({ path: join(folder, `${picture}${suffix}.png`) });

  await page.goto(`${product.origin}/chat/${chat.id}`);
  const thread = chatOn(page, locale);
  for (const message of [question, more]) {
    await thread.send(message);
    await thread.untilEnded();
  }
  await take('chat');

  await page.goto(`${product.origin}/overview`);
  await page.locator('canvas').first().waitFor();
  await page.getByText(say(locale, 'shell.live')).first().waitFor();
  await take('overview');

  await page.goto(`${product.origin}/models`);
  await page.getByText('demo-embedding').first().waitFor();
  await take('models');

  const { data } = await product.api<{ data: { id: string }[] }>('/v1/kumiki/requests?path=/v1/responses&limit=100');
  const longest = await longestTrace(data.map(({ id }) => id));
  await page.goto(`${product.origin}/requests?id=${longest}`);
  await page.getByRole('dialog').waitFor();
  await page
    .getByText('decode', { exact: false })
    .first()
    .waitFor({ state: 'attached' })
    .catch(() => undefined);
  await take('request');
}

/** The request with the most others in its trace: an answer with a search. */
async function longestTrace(ids: readonly string[]): Promise<string> {
  let best = { id: ids[0] ?? '', length: 0 };
  for (const id of ids) {
    const { trace } = await product.api<{ trace: unknown[] }>(`/v1/kumiki/requests/${id}`);
    if (trace.length > best.length) best = { id, length: trace.length };
  }
  return best.id;
}

async function makeStore(name: string, text: string): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'assistants');
  form.set('file', new Blob([text]), name);
  const file = (await (await product.fetch('/v1/files', { method: 'POST', body: form })).json()) as { id: string };
  const store = await product.api<{ id: string }>('/v1/vector_stores', {
    name: name.replace('.md', ''),
    file_ids: [file.id],
  });
  await until('the document is indexed', patienceMs, async () => {
    const { file_counts: counts } = await product.api<{ file_counts: { completed: number } }>(
      `/v1/vector_stores/${store.id}`,
    );
    return counts.completed === 1;
  });
  return store.id;
}

async function warmUp({ api }: ConsoleProduct): Promise<void> {
  for (let sent = 0; sent < warmUpRequests; sent++) {
    await api('/v1/chat/completions', {
      model: 'demo-chat',
      messages: [{ role: 'user', content: 'What is a Pod?' }],
    });
  }
}
