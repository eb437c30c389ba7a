import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ConsoleProduct } from './console-product.ts';
import { type Locale, say } from './words.ts';

/** The parts of the API's chat that tests use. */
interface ChatReply {
  readonly turns: readonly {
    readonly response_id: string;
    readonly response: {
      readonly status: string;
      readonly output: readonly { readonly content?: readonly { readonly text?: string }[] }[];
    };
  }[];
}

/** Drives the chat screen of a page as a person does. */
export interface ChatOnPage {
  readonly composer: ReturnType<Page['getByRole']>;
  /** Writes a message and sends it. The first message creates the chat. */
  send(text: string): Promise<void>;
  /** Waits until that many characters of the last answer are visible. */
  untilShown(characters: number): Promise<void>;
  /** Waits until no answer is being written. */
  untilEnded(): Promise<void>;
  /** The last answer as shown, and as its copy button gives it. */
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
      // The actions of an answer appear when it has ended.
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

/** Permissions for the clipboard. */
export const clipboardRights = ['clipboard-read', 'clipboard-write'];

/** The last turn of the shown chat, from the API. */
export async function storedTurn(page: Page, product: ConsoleProduct): Promise<{ text: string; status: string }> {
  const id = /\/chat\/(chat_\w+)/.exec(page.url())?.[1];
  assert.ok(id !== undefined, `no chat is open at ${page.url()}`);
  const { turns } = await product.api<ChatReply>(`/v1/kumiki/chats/${id}`);
  const response = turns.at(-1)?.response;
  const parts = response?.output.flatMap(({ content }) => content ?? []) ?? [];
  return { text: parts.map(({ text }) => text ?? '').join(''), status: response?.status ?? 'none' };
}

/**
 * Asserts that the page shows exactly what is stored: the text of the copy button is equal, and the visible text is
 * equal except for the blanks of the layout. For answers without Markdown.
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
