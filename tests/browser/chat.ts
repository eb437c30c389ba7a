import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ConsoleProduct } from './console-product.ts';
import { type Locale, say } from './words.ts';

/** The parts of a chat, as the API gives it, that tests ask for. */
interface ChatReply {
  readonly turns: readonly {
    readonly response_id: string;
    readonly response: {
      readonly status: string;
      readonly output: readonly { readonly content?: readonly { readonly text?: string }[] }[];
    };
  }[];
}

/** The chat screen of a page, as a person uses it. */
export interface ChatOnPage {
  readonly composer: ReturnType<Page['getByRole']>;
  /** Writes a message and sends it. The first message of a chat makes the chat. */
  send(text: string): Promise<void>;
  /** Waits until so many characters of the last answer can be seen. */
  untilShown(characters: number): Promise<void>;
  /** Waits until no answer is being written. */
  untilEnded(): Promise<void>;
  /** The last answer as it can be seen, and as its copy button gives it. */
  shownAnswer(): Promise<string>;
  copiedAnswer(): Promise<string>;
}

export function chatOn(page: Page, locale: Locale = 'en'): ChatOnPage {
  const composer = page.getByRole('textbox', { name: say(locale, 'chat.composer.label'), exact: true });
  const lastTurn = page.getByRole('log').getByRole('article').last();
  const answer = lastTurn.locator('.prose').last();
  return {
    composer,
    async send(text) {
      await composer.fill(text);
      await page.getByRole('button', { name: say(locale, 'chat.composer.send'), exact: true }).click();
      await page.waitForURL('**/chat/chat_*');
    },
    async untilShown(characters) {
      await page.waitForFunction((least) => {
        const answers = document.querySelectorAll('[role=log] .prose');
        return (answers[answers.length - 1]?.textContent.length ?? 0) >= least;
      }, characters);
    },
    async untilEnded() {
      // The actions of an answer come when it has ended.
      await lastTurn.getByRole('group', { name: say(locale, 'chat.actions.label'), exact: true }).waitFor();
      await page.locator('[role=log][aria-busy=false]').waitFor();
    },
    shownAnswer: () => answer.innerText(),
    async copiedAnswer() {
      await lastTurn.getByRole('button', { name: say(locale, 'chat.actions.copy'), exact: true }).click();
      await lastTurn.getByText(say(locale, 'shell.copied')).first().waitFor({ state: 'attached' });
      return page.evaluate(() => navigator.clipboard.readText());
    },
  };
}

/** Rights that reading the clipboard takes. */
export const clipboardRights = ['clipboard-read', 'clipboard-write'];

/** The last turn of the chat that a page shows, as the API has it. */
export async function storedTurn(page: Page, product: ConsoleProduct): Promise<{ text: string; status: string }> {
  const id = /\/chat\/(chat_\w+)/.exec(page.url())?.[1];
  assert.ok(id !== undefined, `no chat is open at ${page.url()}`);
  const { turns } = await product.api<ChatReply>(`/v1/kumiki/chats/${id}`);
  const response = turns.at(-1)?.response;
  const parts = response?.output.flatMap(({ content }) => content ?? []) ?? [];
  return { text: parts.map(({ text }) => text ?? '').join(''), status: response?.status ?? 'none' };
}

/**
 * What is on the page is what is stored, character for character: what the page holds (by its copy button) exactly, what
 * can be seen but for the blanks that layout adds. For answers without Markdown.
 */
export async function assertWhole(page: Page, product: ConsoleProduct): Promise<void> {
  const chat = chatOn(page);
  const stored = await storedTurn(page, product);
  assert.equal(await chat.copiedAnswer(), stored.text);
  assert.equal(squeezed(await chat.shownAnswer()), squeezed(stored.text));
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
