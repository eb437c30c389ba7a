import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { connect, type Connection, type ConnectionFlags } from '../client/connect.ts';
import { CliError } from '../host/cli-error.ts';
import { colors, print, printError, printJson, printNote } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import { pickModel } from './pick-model.ts';
import { type Answer, type Message, type Sampling, streamAnswer } from './stream-answer.ts';

interface ChatFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** The settings of every turn of a conversation. */
interface Asking {
  readonly connection: Connection;
  readonly model: string;
  readonly sampling: Sampling;
}

/** Asks once when there is a prompt (as arguments or on standard input), otherwise starts a conversation. */
export async function runChat(words: readonly string[], flags: ChatFlags): Promise<void> {
  const interactive = words.length === 0 && process.stdin.isTTY;
  const prompt = words.length > 0 ? words.join(' ').trim() : interactive ? '' : (await text(process.stdin)).trim();
  if (!interactive && prompt === '') throw new CliError('There is nothing to ask. Write a prompt: kumiki chat "…"', 2);
  const connection = connect(flags);
  const asking: Asking = {
    connection,
    model: flags.model ?? (await pickModel(connection)),
    sampling: {
      ...(flags.temperature === undefined ? {} : { temperature: flags.temperature }),
      ...(flags.maxTokens === undefined ? {} : { max_completion_tokens: flags.maxTokens }),
    },
  };
  const system: Message[] = flags.system === undefined ? [] : [{ role: 'system', content: flags.system }];
  if (interactive) await converse(asking, system);
  else await askOnce(asking, [...system, { role: 'user', content: prompt }], flags.json === true);
}

async function askOnce(asking: Asking, messages: readonly Message[], json: boolean): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const answer = await streamAnswer({ ...asking, messages, signal: stop.signal }, (piece) => {
    if (!json) process.stdout.write(printable(piece));
  });
  if (json) {
    const { content, finishReason, usage, stopped } = answer;
    return printJson({ model: asking.model, content, finish_reason: finishReason, usage, stopped });
  }
  print();
  explainEnd(answer);
}

/** Most messages of a conversation; beyond it the oldest turn is dropped. */
const maxMessages = 200;

/** A conversation on the terminal. Ctrl-C stops an answer or leaves. */
async function converse(asking: Asking, system: readonly Message[]): Promise<void> {
  const turns: Message[] = [];
  let answering: AbortController | null = null;
  print(colors.dim(`You talk with ${asking.model}. Ctrl-C stops an answer; Ctrl-C at the prompt leaves.`));
  const reader = createInterface({ input: process.stdin, output: process.stdout, prompt: colors.cyan('› ') });
  reader.on('SIGINT', () => {
    if (answering === null || answering.signal.aborted) reader.close();
    else answering.abort();
  });
  reader.prompt();
  for await (const line of reader) {
    const question = line.trim();
    if (question !== '') {
      answering = new AbortController();
      turns.push(...(await takeTurn(asking, [...system, ...turns], question, answering.signal)));
      if (turns.length > maxMessages) turns.splice(0, 2);
      answering = null;
    }
    reader.prompt();
  }
  print();
}

/** @returns question and answer for the conversation, or nothing when the turn failed. */
async function takeTurn(
  asking: Asking,
  before: readonly Message[],
  content: string,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const question: Message = { role: 'user', content };
  try {
    const call = { ...asking, messages: [...before, question], signal };
    const answer = await streamAnswer(call, (piece) => void process.stdout.write(printable(piece)));
    print();
    explainEnd(answer);
    return answer.content === '' ? [] : [question, { role: 'assistant', content: answer.content }];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    print();
    printError(error.message, false);
    return [];
  }
}

function explainEnd({ stopped, finishReason }: Answer): void {
  if (stopped) printNote(colors.dim('(stopped)'));
  else if (finishReason === 'length') printNote(colors.dim('(the answer reached the most tokens that fit)'));
}
