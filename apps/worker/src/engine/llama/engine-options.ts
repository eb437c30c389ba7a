export interface LlamaEngineOptions {
  /** A GGUF file; of a split model, the first file. */
  readonly modelPath: string;
  readonly task: 'chat' | 'embedding';
  /** Most tokens of prompt and answer of one sequence. The least of 8,192 and what the model was trained on. */
  readonly contextTokens?: number;
  /** Answers generated at once. 8 for models under a thousand million parameters, else 4. */
  readonly maxSequences?: number;
  /** Processor threads. 1 for models under a thousand million parameters, else the physical cores less one. */
  readonly threads?: number;
  /** Layers that a GPU computes; 0, the default, uses none. */
  readonly gpuLayers?: number;
  /** Called with 0 to 1 while the model loads. */
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
}
