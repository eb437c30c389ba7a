import type { Page } from 'playwright-core';

/** The key code of a key that an input method handles. */
const processKey = 229;

/**
 * Types Japanese as an input method does in Chromium: text under composition, then an Enter that confirms it. The
 * browser creates the events itself.
 */
export async function composeInChromium(page: Page, reading: string, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const key = (type: 'rawKeyDown' | 'keyUp', code: number) =>
    session.send('Input.dispatchKeyEvent', { type, key: 'Enter', code: 'Enter', windowsVirtualKeyCode: code });
  for (let length = 1; length <= reading.length; length += 1) {
    const part = reading.slice(0, length);
    await session.send('Input.imeSetComposition', { text: part, selectionStart: length, selectionEnd: length });
  }
  await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await key('rawKeyDown', processKey);
  await session.send('Input.insertText', { text });
  await key('keyUp', 13);
  await session.detach();
}

/** One event of a recorded sequence: composition events with their data, keys with their code. */
type Recorded =
  | { readonly type: 'compositionstart' | 'compositionupdate' | 'compositionend'; readonly data: string }
  | {
      readonly type: 'keydown' | 'keyup';
      readonly key: string;
      readonly keyCode: number;
      readonly isComposing: boolean;
    };

/** Sequences of events in which browsers report an Enter that confirms a conversion. */
export const confirmations: Readonly<Record<string, readonly Recorded[]>> = {
  'Chrome, Edge': [
    { type: 'compositionstart', data: '' },
    { type: 'compositionupdate', data: 'にほんご' },
    { type: 'keydown', key: 'Process', keyCode: 229, isComposing: true },
    { type: 'compositionupdate', data: '日本語' },
    { type: 'keydown', key: 'Enter', keyCode: 229, isComposing: true },
    { type: 'compositionend', data: '日本語' },
    { type: 'keyup', key: 'Enter', keyCode: 13, isComposing: false },
  ],
  Firefox: [
    { type: 'compositionstart', data: '' },
    { type: 'compositionupdate', data: '日本語' },
    { type: 'keydown', key: 'Process', keyCode: 229, isComposing: true },
    { type: 'compositionend', data: '日本語' },
    { type: 'keyup', key: 'Enter', keyCode: 13, isComposing: false },
  ],
  // WebKit bug 165004: the composition ends before the key event, which only the code 229 marks.
  Safari: [
    { type: 'compositionstart', data: '' },
    { type: 'compositionupdate', data: '日本語' },
    { type: 'compositionend', data: '日本語' },
    { type: 'keydown', key: 'Enter', keyCode: 229, isComposing: false },
    { type: 'keyup', key: 'Enter', keyCode: 13, isComposing: false },
  ],
  // Google's Japanese keyboard on Android reports no key.
  Android: [
    { type: 'compositionstart', data: '' },
    { type: 'compositionupdate', data: '日本語' },
    { type: 'keydown', key: 'Unidentified', keyCode: 229, isComposing: true },
    { type: 'compositionend', data: '日本語' },
  ],
};

/** Sends a recorded sequence to the focused element. Returns the types of events whose default was prevented. */
export function replay(page: Page, events: readonly Recorded[]): Promise<readonly string[]> {
  return page.evaluate((recorded) => {
    const target = document.activeElement ?? document.body;
    const prevented: string[] = [];
    for (const { type, ...more } of recorded) {
      const init = { bubbles: true, cancelable: true, composed: true, ...more };
      const event =
        'data' in more ? new CompositionEvent(type, init) : new KeyboardEvent(type, { code: 'Enter', ...init });
      if (!target.dispatchEvent(event)) prevented.push(type);
    }
    return prevented;
  }, events);
}
