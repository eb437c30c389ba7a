/** The requests of a small team on one day, some of them concurrent. Fails when any is refused. */
export interface Ask {
  /** The reply's text, read to its end. */
  (
    path: string,
    init?: { readonly method?: string; readonly json?: unknown; readonly form?: FormData },
  ): Promise<string>;
}

const chatTurns = 200;
const storedTurns = 100;
const documents = 20;
const searches = 100;
const pages = 50;
/** Concurrent requests. */
const atOnce = 8;

const pollMs = 100;
const ingestLimitMs = 120_000;

export async function spendDay(ask: Ask): Promise<void> {
  const store = JSON.parse(await ask('/v1/vector_stores', { json: { name: 'handbook' } })) as { id: string };
  await several(documents, async (number) => {
    const form = new FormData();
    form.set('purpose', 'assistants');
    form.set('file', new Blob([documentOf(number)], { type: 'text/plain' }), `chapter-${number}.txt`);
    const { id } = JSON.parse(await ask('/v1/files', { form })) as { id: string };
    await ask(`/v1/vector_stores/${store.id}/files`, { json: { file_id: id } });
  });
  await several(chatTurns, (number) =>
    ask('/v1/chat/completions', {
      json: {
        model: 'demo-chat',
        stream: true,
        max_tokens: 32,
        messages: [{ role: 'user', content: question(number) }],
      },
    }),
  );
  await untilIngested(ask, store.id);
  await several(storedTurns, (number) =>
    ask('/v1/responses', {
      json: { model: 'demo-chat', stream: true, max_output_tokens: 32, input: question(number) },
    }),
  );
  await several(searches, (number) =>
    ask(`/v1/vector_stores/${store.id}/search`, { json: { query: question(number) } }),
  );
  await several(pages, () => ask('/'));
  await several(pages, () => ask('/v1/kumiki/status'));
}

async function untilIngested(ask: Ask, store: string): Promise<void> {
  const limit = performance.now() + ingestLimitMs;
  for (;;) {
    const { file_counts: counts } = JSON.parse(await ask(`/v1/vector_stores/${store}`)) as {
      file_counts: { completed: number; failed: number };
    };
    if (counts.completed === documents) return;
    if (counts.failed > 0 || performance.now() > limit) throw new Error(`ingested: ${JSON.stringify(counts)}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function several(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

const question = (number: number): string => `What is number ${number} of the parts that a cluster is made of?`;

function documentOf(number: number): string {
  const sentence = (line: number): string =>
    `In chapter ${number}, rule ${line} says that part ${number * line} is replaced before part ${number + line} is.`;
  return Array.from({ length: 200 }, (_, line) => sentence(line)).join('\n');
}
