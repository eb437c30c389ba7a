/**
 * Tokens per second of node-llama-cpp's own `sequence.evaluate` loop (the bare engine), of our decode loop over the
 * same library, and of the worker over real HTTP: one stream and eight at once, in alternating rounds of one run, so
 * that a busy machine slows all equally. Every answer has the same number of tokens: the end-of-generation tokens are
 * ignored (bare) or banned by logit bias (engine, worker).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type RequestOptions } from 'node:http';
import { fileURLToPath } from 'node:url';
import { getLlama, type LlamaContextSequence } from 'node-llama-cpp';
import type { Engine } from '../apps/worker/src/engine/engine.ts';
import { createLlamaEngine } from '../apps/worker/src/engine/llama/create-llama-engine.ts';
import { promptTokens } from '../apps/worker/src/testing/prompt-tokens.ts';

const modelPath = fileURLToPath(new URL('../models/demo/chat/kumiki-demo-chat.gguf', import.meta.url));
const tokensPerAnswer = 300;
const rounds = 7;
const streamCounts = [1, 8] as const;
const sequences = 8;
const contextTokens = 1024;
const endTokens = [0, 2] as const;
/** Bytes of the end of a reply, which contain the usage. */
const replyTailBytes = 4_096;
const token = 'token-of-a-worker-that-is-measured';
const questions = [
  'What is a pod in Kubernetes?',
  'How do I deploy a model?',
  'What is a vector store?',
  'Explain prefix caching.',
  'What does a gateway do?',
  'How does autoscaling work?',
  'What is object storage?',
  'Tell me about GGUF files.',
] as const;

interface Subject {
  readonly name: string;
  /** Generates {@link tokensPerAnswer} tokens for one question. */
  answer(question: string, stream: number): Promise<void>;
  close(): Promise<void>;
}

async function bareSubject(engine: Engine): Promise<Subject> {
  const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logger: () => undefined });
  const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: contextTokens, sequences, threads: 1 });
  const all: LlamaContextSequence[] = Array.from({ length: sequences }, () => context.getSequence());
  return {
    name: 'bare sequence.evaluate',
    async answer(question, stream) {
      const sequence = all[stream];
      if (sequence === undefined) throw new Error('There are fewer sequences than streams.');
      await sequence.clearHistory();
      let tokens = 0;
      const prompt = promptOf(engine, question) as Parameters<typeof sequence.evaluate>[0];
      for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true }))
        if (++tokens === tokensPerAnswer) break;
    },
    async close() {
      await context.dispose();
      await model.dispose();
    },
  };
}

function engineSubject(engine: Engine): Subject {
  const sampling = {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    seed: 0,
    frequencyPenalty: 0,
    presencePenalty: 0,
    logitBias: new Map(endTokens.map((token) => [token, -100])),
  };
  return {
    name: 'engine',
    async answer(question) {
      const answer = engine.generate({
        tenant: 'bench',
        prompt: promptOf(engine, question),
        resume: [],
        maxTokens: tokensPerAnswer,
        sampling,
        grammar: null,
        topLogprobs: null,
        signal: new AbortController().signal,
      });
      let tokens = 0;
      for await (const _ of answer) tokens++;
      if (tokens !== tokensPerAnswer) throw new Error(`The engine gave ${tokens} tokens.`);
    },
    close: () => engine.close(),
  };
}

/** The worker as shipped, in a separate process, with streaming chat requests over kept-alive connections. */
async function workerSubject(): Promise<Subject> {
  const child = fork(fileURLToPath(new URL('../apps/worker/src/main.ts', import.meta.url)), {
    env: {
      ...process.env,
      KUMIKI_MODEL_NAME: 'bench',
      KUMIKI_MODEL_SOURCE: modelPath,
      KUMIKI_ENGINE: JSON.stringify({ kind: 'llama', contextTokens, maxSequences: sequences }),
      KUMIKI_LOG_LEVEL: 'error',
      KUMIKI_WORKER_TOKEN_FILE: '-',
    },
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
  });
  child.stdin?.end(token);
  const port = await new Promise<number>((resolve, reject) => {
    let listening = 0;
    child.on('message', (message) => {
      const event = message as { type: string; port?: number; reason?: string };
      if (event.type === 'listening') listening = event.port ?? 0;
      if (event.type === 'ready') resolve(listening);
      if (event.type === 'failed') reject(new Error(event.reason));
    });
    child.once('exit', (code) => reject(new Error(`The worker ended with status ${code}.`)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: sequences });
  return {
    name: 'worker over HTTP',
    async answer(question) {
      const body = JSON.stringify({
        model: 'bench',
        messages: [{ role: 'user', content: question }],
        stream: true,
        stream_options: { include_usage: true },
        max_completion_tokens: tokensPerAnswer,
        temperature: 0,
        logit_bias: Object.fromEntries(endTokens.map((token) => [token, -100])),
      });
      const text = await post({ agent, port, path: '/v1/chat/completions' }, body);
      const tokens = /"completion_tokens":(\d+)/.exec(text)?.[1];
      if (tokens !== String(tokensPerAnswer)) throw new Error(`The worker gave ${tokens} tokens: ${text.slice(-300)}`);
    },
    async close() {
      agent.destroy();
      child.removeAllListeners('exit');
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Reads a whole reply and returns its last piece, which contains the usage. */
function post(options: RequestOptions, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${token}`,
    };
    const sent = request({ ...options, host: '127.0.0.1', method: 'POST', headers }, (reply) => {
      let last = Buffer.alloc(0);
      reply.on('data', (data: Buffer) => {
        last = Buffer.concat([last.subarray(-replyTailBytes), data]);
      });
      reply.once('end', () => resolve(last.toString()));
      reply.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function promptOf(engine: Engine, question: string): number[] {
  return promptTokens(engine, {
    messages: [{ role: 'user', content: question }],
    tools: null,
    addGenerationPrompt: true,
    continueFinalMessage: false,
  });
}

async function tokensPerSecond(subject: Subject, streams: number): Promise<number> {
  const started = performance.now();
  await Promise.all(
    Array.from({ length: streams }, (_, stream) => subject.answer(questions[stream % questions.length] ?? '', stream)),
  );
  return (streams * tokensPerAnswer * 1000) / (performance.now() - started);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

const engine = await createLlamaEngine({
  modelPath,
  task: 'chat',
  contextTokens,
  maxSequences: sequences,
  onProgress: () => undefined,
  signal: new AbortController().signal,
});
const subjects = [await bareSubject(engine), engineSubject(engine), await workerSubject()];
console.log(`${tokensPerAnswer} tokens per answer, ${rounds} rounds by turns, one thread, tokens per second in all`);
for (const streams of streamCounts) {
  const results = subjects.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [index, subject] of subjects.entries()) {
      const speed = await tokensPerSecond(subject, streams);
      // The first round warms caches and compiled code.
      if (round > 0) results[index]?.push(speed);
    }
  const bare = median(results[0] ?? []);
  for (const [index, subject] of subjects.entries()) {
    const speeds = results[index] ?? [];
    const ratio = (median(speeds) / bare).toFixed(2);
    const range = `${Math.min(...speeds).toFixed(0)}–${Math.max(...speeds).toFixed(0)}`;
    console.log(
      `${String(streams).padStart(2)} streams  ${subject.name.padEnd(24)} median ${median(speeds).toFixed(0).padStart(5)} (${range})  ratio ${ratio}`,
    );
  }
}
for (const subject of subjects) await subject.close();
