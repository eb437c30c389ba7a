import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./recorded/', import.meta.url);

/** An answer of a real server, or as its documents show it. */
export interface RecordedAnswer {
  /** `vllm/chat.sse`. */
  readonly name: string;
  readonly path: '/v1/chat/completions' | '/v1/completions' | '/v1/embeddings';
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly contentType: string;
  /** Whether the connection broke before the answer was complete. */
  readonly broken: boolean;
  readonly bytes: Buffer;
}

interface AnswerList {
  readonly answers: readonly (Omit<RecordedAnswer, 'name' | 'bytes'> & { readonly file: string })[];
}

export function recordedAnswers(): RecordedAnswer[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: server }) => {
      const place = new URL(`${server}/`, folder);
      const list = JSON.parse(readFileSync(new URL('answers.json', place), 'utf8')) as AnswerList;
      return list.answers.map(({ file, ...answer }) => ({
        ...answer,
        name: `${server}/${file}`,
        bytes: readFileSync(new URL(file, place)),
      }));
    });
}

/** Names of all files in the folders of servers. */
export function recordedFiles(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: server }) => readdirSync(new URL(`${server}/`, folder)).map((file) => `${server}/${file}`))
    .filter((name) => !name.endsWith('/answers.json'));
}

export const readRows = (): string => readFileSync(new URL('README.md', folder), 'utf8');
