import { createElement as h, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';

/**
 * The usual implementation of a chat: every delta is appended to the text, and the whole text is parsed and rendered
 * again.
 */
function Page() {
  const [text, setText] = useState('');
  const [draft, setDraft] = useState('');
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    void follow((delta) => setText((before) => before + delta)).then(() => setEnded(true));
  }, []);
  return h(
    'main',
    null,
    h('article', { 'data-ended': ended }, h(Markdown, { remarkPlugins: [remarkGfm] }, text)),
    h('textarea', {
      value: draft,
      onChange: (event: { target: { value: string } }) => setDraft(event.target.value),
      style: { position: 'fixed', bottom: 0, left: 0, right: 0, height: '4rem' },
    }),
  );
}

async function follow(onDelta: (delta: string) => void): Promise<void> {
  const response = await fetch('/stream');
  if (response.body === null) return;
  let rest = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + bytes).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue;
      const chunk = JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] };
      const delta = chunk.choices[0]?.delta.content;
      if (delta) onDelta(delta);
    }
  }
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(h(Page));
