import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './field.tsx';

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly title: ReactNode;
  /** What will be deleted or stopped, with numbers if there are any. */
  readonly children: ReactNode;
  readonly confirmLabel: string;
  readonly cancelLabel: string;
  readonly closeLabel: string;
  readonly busy?: boolean;
  /** A name that must be typed first, for what cannot be undone, and the label that asks for it. */
  readonly typed?: { readonly name: string; readonly label: string } | undefined;
}

/** Asks before something dangerous is done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onClose, onConfirm, title, children, confirmLabel, cancelLabel, closeLabel, busy, typed } = props;
  const [text, setText] = useState('');
  const ready = typed === undefined || text.trim() === typed.name.trim();
  const close = (): void => {
    setText('');
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      closeLabel={closeLabel}
      actions={
        <>
          <Button onClick={close}>{cancelLabel}</Button>
          <Button
            kind="danger"
            off={ready && busy !== true ? null : ''}
            onClick={() => {
              setText('');
              onConfirm();
            }}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="grid gap-3 text-sm">
        {children}
        {typed !== undefined && <TextField label={typed.label} value={text} onChange={setText} autoComplete="off" />}
      </div>
    </Dialog>
  );
}
