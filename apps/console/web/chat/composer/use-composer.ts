import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { newKey } from '../model/new-key.ts';
import type { ChatStore } from '../run/chat-store.ts';
import type { UsedSettings } from '../state/use-chat-settings.ts';
import { useIsRunning } from '../state/use-chat.ts';
import { type Attachment, attachmentsOf } from './attachments.ts';
import { createChatFiles, findChatFiles } from './chat-files.ts';
import { type DraftFile, newChatKey, type QueuedMessage } from './drafts.ts';
import { useDraft } from './use-draft.ts';

/** `held` and `heldFiles` wait for the person. */
export type WaitsFor = 'answer' | 'files' | 'held' | 'heldFiles';

export interface Outgoing {
  readonly key: string;
  readonly text: string;
  readonly attachments: readonly string[];
  /** Of a new chat: the store of its files. */
  readonly storeId: string | null;
}

/**
 * The message of a chat: its draft, its files, and the queue of those that wait for an answer or for files.
 * @param send begins a turn.
 */
export function useComposer(store: ChatStore | null, used: UsedSettings, send: (message: Outgoing) => void) {
  const t = useTranslations('chat.attach');
  const key = store?.id ?? newChatKey;
  const [draft, change] = useDraft(key);
  const attachments = attachmentsOf(key);
  const files = useSyncExternalStore(attachments.subscribe, attachments.list);
  const isRunning = useIsRunning(store);
  const isIngesting = files.some(({ state }) => state.kind === 'uploading' || state.kind === 'indexing');
  const isWrong = files.some(({ state }) => state.kind === 'failed');
  const isHeld = useIsHeld(store) || isWrong;
  const making = useRef<Promise<string> | null>(null);
  useRestoredFiles(key, draft.files);
  useKeptFiles(files, draft.files, (next) => change({ files: next }));

  const sendNow = (message: QueuedMessage): void => {
    change({
      text: draft.text === message.text ? '' : draft.text,
      queued: without(draft.queued, message),
      files: [],
      storeId: null,
    });
    send({ ...message, attachments: files.filter(isReady).map(({ name }) => name), storeId: draft.storeId });
    attachments.clear();
  };

  /** The chat's own store, found or made once. */
  const ownStore = (): Promise<string> => {
    making.current ??= findOrMakeStore(store, used, draft.storeId, t('storeName'), (storeId) => {
      if (store === null) change({ storeId });
      const ids = used.settings.vector_store_ids ?? [];
      if (!ids.includes(storeId)) used.change({ vector_store_ids: [...ids, storeId] });
    }).finally(() => {
      making.current = null;
    });
    return making.current;
  };

  const next = draft.queued[0];
  const isReadyToSend = !isRunning && !isIngesting && used.model !== null;
  useEffect(() => {
    if (next !== undefined && isReadyToSend && !isHeld) sendNow(next);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- sent when the way is free, not when a letter is typed
  }, [next?.key, isReadyToSend, isHeld]);

  return {
    draft,
    change,
    attachments,
    isRunning,
    attach: (added: readonly File[]) => attachments.add(added, ownStore),
    submit(): void {
      const text = draft.text.trim();
      if (text === '' || used.model === null) return;
      const message = { key: newKey(), text };
      if (isReadyToSend && (draft.queued.length === 0 || isHeld)) {
        change({ text: '' });
        sendNow(message);
      } else change({ text: '', queued: [...draft.queued, message] });
    },
    sendNow,
    waitsFor: waitsFor(isRunning, isIngesting, isWrong),
  };
}

/** Stores a queued message. */
function waitsFor(isRunning: boolean, isIngesting: boolean, isWrong: boolean): WaitsFor {
  if (isRunning) return 'answer';
  if (isIngesting) return 'files';
  return isWrong ? 'heldFiles' : 'held';
}

function isReady({ state }: Attachment): boolean {
  return state.kind === 'ready';
}

function without(queued: readonly QueuedMessage[], message: QueuedMessage): readonly QueuedMessage[] {
  return queued.filter(({ key }) => key !== message.key);
}

/**
 * A queued message is not sent automatically after an answer that was stopped or failed, since the user may want
 * something else now.
 */
function useIsHeld(store: ChatStore | null): boolean {
  return useSyncExternalStore(store?.subscribe ?? never, () => {
    if (store === null) return false;
    const { leaf, pending } = store.state();
    const status = leaf === null ? undefined : store.turn(leaf)?.response.status;
    return pending?.state === 'failed' || status === 'cancelled' || status === 'failed';
  });
}

function never(): () => void {
  return () => undefined;
}

/** After a reload, files that are already on the server are processed further. */
function useRestoredFiles(key: string, files: readonly DraftFile[]): void {
  const restored = useRef<string | null>(null);
  useEffect(() => {
    if (restored.current === key) return;
    restored.current = key;
    const attachments = attachmentsOf(key);
    if (attachments.list().length === 0 && files.length > 0) attachments.restore(files);
  }, [key, files]);
}

function useKeptFiles(
  files: readonly Attachment[],
  kept: readonly DraftFile[],
  keep: (files: readonly DraftFile[]) => void,
): void {
  useEffect(() => {
    const stored = files.flatMap(({ stored }) => stored ?? []);
    if (stored.length !== kept.length && files.length > 0) keep(stored);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- kept when the files change
  }, [files]);
}

async function findOrMakeStore(
  chat: ChatStore | null,
  used: UsedSettings,
  known: string | null,
  name: string,
  use: (storeId: string) => void,
): Promise<string> {
  const found = known ?? (chat === null ? null : await findChatFiles(chat.id, used.settings.vector_store_ids ?? []));
  const storeId = found ?? (await createChatFiles(name, chat?.id ?? null));
  use(storeId);
  return storeId;
}
