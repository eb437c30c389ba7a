import { Pause, Play, RotateCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { CommandLine } from '../operate/command-line.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextField } from '../ui/field.tsx';
import { type LogLine, searchLog } from './read-log-line.ts';
import { useLog } from './use-log.ts';

/** Lines that are drawn; the search looks at all that are kept. */
const drawnLines = 500;
/** So close to the end counts as at the end. */
const nearEndPx = 24;

/** A log that follows new lines until the user scrolls up or pauses it. */
export function LogViewer({ replica }: { readonly replica: string }) {
  const t = useTranslations('models.log');
  const shell = useTranslations('shell');
  const { lines, state, error, again } = useLog(replica);
  const [wanted, setWanted] = useState('');
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const shown = frozen ?? lines;
  const found = searchLog(shown, wanted);
  const fresh = frozen === null ? 0 : lines.filter(({ at }) => at > (frozen.at(-1)?.at ?? -1)).length;
  return (
    <div className="flex min-h-72 flex-1 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <TextField
          label={t('search')}
          hideLabel
          type="search"
          placeholder={t('search')}
          value={wanted}
          onChange={setWanted}
          className="min-w-40 flex-1"
        />
        <Button
          size="small"
          icon={frozen === null ? Pause : Play}
          aria-pressed={frozen !== null}
          onClick={() => setFrozen(frozen === null ? lines : null)}
        >
          {frozen === null ? t('pause') : t('follow', { count: fresh })}
        </Button>
        <CopyButton
          text={() => found.map(({ text }) => text).join('\n')}
          label={t('copy')}
          doneLabel={shell('copied')}
        />
        {state === 'ended' && <IconButton icon={RotateCw} label={t('again')} onClick={again} />}
      </div>
      {error !== null && <ErrorNotice error={error} />}
      <Lines lines={found.slice(-drawnLines)} follows={frozen === null} />
      <p role="status" className="text-xs text-faint">
        {wanted === '' ? t(state, { count: shown.length }) : t('found', { count: found.length, all: shown.length })}
      </p>
      <CommandLine command={`npm exec kumiki -- logs ${replica} --follow`} />
    </div>
  );
}

function Lines({ lines, follows }: { readonly lines: readonly LogLine[]; readonly follows: boolean }) {
  const t = useTranslations('models.log');
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element !== null && follows && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines, follows]);
  return (
    <div
      ref={box}
      role="log"
      aria-label={t('title')}
      // A screen reader would read every line of a busy log.
      aria-live="off"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < nearEndPx;
      }}
      className="min-h-48 flex-1 overflow-auto rounded-xl bg-code py-2 font-mono text-xs leading-5"
    >
      {lines.length === 0 && <p className="px-3 text-faint">{t('empty')}</p>}
      {lines.map((line) => (
        <Line key={line.at} line={line} />
      ))}
    </div>
  );
}

const inks = { debug: 'text-faint', info: 'text-soft', warn: 'text-warn', error: 'text-bad' } as const;

function Line({ line: { time, level, message, rest } }: { readonly line: LogLine }) {
  const format = useFormatter();
  return (
    <div className={classes('flex gap-2 px-3', level === 'error' && 'bg-bad-soft', level === 'warn' && 'bg-warn-soft')}>
      {time !== null && (
        <span className="shrink-0 text-faint tabular-nums">
          {format.dateTime(new Date(time), { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })}
        </span>
      )}
      <span className={classes('w-10 shrink-0 font-medium', inks[level])}>{level}</span>
      <span className="min-w-0 break-words whitespace-pre-wrap">
        <bdi>{message}</bdi> {rest !== '' && <bdi className="text-faint">{rest}</bdi>}
      </span>
    </div>
  );
}
