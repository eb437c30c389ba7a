/** A message that is being written, and what waits to be sent after it. */
export interface Draft {
  readonly text: string;
  readonly queued: readonly QueuedMessage[];
  readonly files: readonly DraftFile[];
  /** Of a chat that does not exist yet: the store of its files. */
  readonly storeId: string | null;
}

export interface QueuedMessage {
  /** Names the request when it is sent, so that two tabs which send it begin one turn. */
  readonly key: string;
  readonly text: string;
}

/** An attached file that has reached the server. */
export interface DraftFile {
  readonly name: string;
  readonly bytes: number;
  readonly fileId: string;
  readonly storeId: string;
}

/** Where the draft of a chat lies that does not exist yet. */
export const newChatKey = 'new';

const emptyDraft: Draft = { text: '', queued: [], files: [], storeId: null };

const storageKey = 'kumiki.drafts';
/** Drafts that are kept, the newest; and characters of all of them. */
const maxDrafts = 40;
const maxCharacters = 1_000_000;

type Stored = Readonly<Record<string, Draft & { readonly at: number }>>;

function readAll(): Stored {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Stored) : {};
  } catch {
    return {};
  }
}

export function readDraft(key: string): Draft {
  return { ...emptyDraft, ...readAll()[key] };
}

export function writeDraft(key: string, draft: Draft): void {
  const { [key]: _, ...others } = readAll();
  const isEmpty = draft.text === '' && draft.queued.length + draft.files.length === 0 && draft.storeId === null;
  const next: Stored = isEmpty ? others : { ...others, [key]: { ...draft, at: Date.now() } };
  try {
    localStorage.setItem(storageKey, boundDrafts(next));
  } catch {
    // No room or no storage: the draft lives as long as the page.
  }
}

export function clearDraft(key: string): void {
  writeDraft(key, emptyDraft);
}

/** The newest drafts that fit. */
export function boundDrafts(drafts: Stored): string {
  const newest = Object.entries(drafts).toSorted(([, a], [, b]) => b.at - a.at);
  for (let count = Math.min(maxDrafts, newest.length); count > 0; count--) {
    const text = JSON.stringify(Object.fromEntries(newest.slice(0, count)));
    if (text.length <= maxCharacters) return text;
  }
  return '{}';
}
