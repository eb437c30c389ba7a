import type { FileSearchTool } from '@kumiki/api';
import type { GatewayClient } from '@kumiki/service';
import { z } from 'zod';
import type { RunRecord, SearchOutcome } from './run.ts';

/** Default number of results of a search, as in OpenAI's API. */
const defaultResults = 20;
/** Characters of a question that are used as the query. */
const maxQueryCharacters = 4_096;

const foundSchema = z.object({
  data: z.array(
    z.object({
      file_id: z.string(),
      filename: z.string(),
      score: z.number(),
      attributes: z.record(z.string(), z.unknown()).nullish(),
      content: z.array(z.object({ text: z.string() })),
    }),
  ),
});

/** Searches all stores of the tool for a question; the best results over all of them come first. */
export async function searchFiles(
  gateway: GatewayClient,
  run: Pick<RunRecord, 'keyId' | 'traceparent'>,
  tool: FileSearchTool,
  question: string,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  const query = question.slice(0, maxQueryCharacters);
  const wanted = tool.max_num_results ?? defaultResults;
  if (query.trim() === '') return { queries: [], results: [], passages: [] };
  const pages = await Promise.all(
    tool.vector_store_ids.map((store) =>
      gateway.json(
        {
          method: 'POST',
          path: `/v1/vector_stores/${encodeURIComponent(store)}/search`,
          body: {
            query,
            max_num_results: wanted,
            ...(tool.filters == null ? {} : { filters: tool.filters }),
            ...(tool.ranking_options == null ? {} : { ranking_options: tool.ranking_options }),
          },
          keyId: run.keyId,
          traceparent: run.traceparent,
          signal,
        },
        foundSchema,
      ),
    ),
  );
  const found = pages
    .flatMap(({ data }) => data)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, wanted);
  const texts = found.map(({ content }) => content.map(({ text }) => text).join('\n'));
  return {
    queries: [query],
    results: found.map(({ file_id, filename, score, attributes }, index) => ({
      file_id,
      filename,
      score,
      attributes: attributes ?? {},
      text: texts[index] ?? '',
    })),
    passages: found.map((one, index) => ({ fileId: one.file_id, filename: one.filename, text: texts[index] ?? '' })),
  };
}
