import type { ReactNode, RefObject } from 'react';
import type { Attachments } from './attachments.ts';
import type { QueuedMessage } from './drafts.ts';
import type { WaitsFor } from './use-composer.ts';

export interface ComposerProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly onAttach: (files: readonly File[]) => void;
  readonly attachments: Attachments;
  readonly queued: readonly QueuedMessage[];
  readonly onQueued: (queued: readonly QueuedMessage[]) => void;
  readonly onSendQueued: (message: QueuedMessage) => void;
  /** What the queued messages wait for. */
  readonly waitsFor: WaitsFor;
  readonly isRunning: boolean;
  readonly isStopping: boolean;
  /** Why nothing can be sent at all; null when it can. */
  readonly off: string | null;
  /** Model, knowledge, parameters. */
  readonly tools: ReactNode;
  readonly input: RefObject<HTMLTextAreaElement | null>;
}
