import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chunkDocument } from '../../apps/search/src/chunk/chunk-document.ts';
import { parseBytes } from '../../apps/search/src/parse/parse-bytes.ts';
import { createLlamaEngine } from '../../apps/worker/src/engine/llama/create-llama-engine.ts';
import { readLabels, root } from '../../bench/search/labels.ts';

const modelPath = fileURLToPath(new URL('models/demo/embedding/kumiki-demo-embedding.gguf', root));
const strategy = { maxTokens: 800, overlapTokens: 400 };

test('a chunk of 800 estimated tokens fits the demo embedding model, in both languages', async () => {
  const { signal } = new AbortController();
  const engine = await createLlamaEngine({ modelPath, task: 'embedding', onProgress: () => undefined, signal });
  try {
    for (const document of new Set(readLabels().map((label) => label.document))) {
      const parsed = await parseBytes(new Uint8Array(readFileSync(new URL(document, root))), document);
      assert.ok(parsed.ok);
      for (const { text, tokens } of chunkDocument(parsed.blocks, strategy)) {
        const counted = engine.tokenize(text, false).length;
        assert.ok(
          counted <= engine.model.contextTokens,
          `${document}: ${tokens} estimated, ${counted} counted\n${text}`,
        );
      }
    }
  } finally {
    await engine.close();
  }
});
