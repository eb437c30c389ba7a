import type { Task } from '@kumiki/api';

/**
 * The facts about a model that a request is checked against before its text is tokenised. It can be copied to another
 * thread.
 */
export interface ModelFacts {
  readonly modelName: string;
  readonly task: Task;
  /** Most tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** The most bytes of a text that one token stands for. */
  readonly longestTokenBytes: number;
  /** null when the model makes no embeddings. */
  readonly embeddingDimensions: number | null;
}
