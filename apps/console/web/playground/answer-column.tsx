import { Play, Square, TextInitial, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../ui/button.tsx';
import { Combobox } from '../ui/combobox.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { AnswerFacts } from './answer-facts.tsx';
import { AnswerState } from './answer-state.tsx';
import { AnswerText } from './answer-text.tsx';
import { SchemaVerdict } from './schema-verdict.tsx';
import type { Answer } from './stream-answer.ts';

interface AnswerColumnProps {
  readonly number: number;
  readonly model: string;
  readonly models: readonly string[];
  readonly answer: Answer | null;
  readonly schema: string;
  /** Class names that give the answer its height. */
  readonly height: string;
  readonly problem: string | null;
  readonly onModel: (model: string) => void;
  readonly onRun: () => void;
  readonly onStop: () => void;
  /** null where it is the only one. */
  readonly onDrop: (() => void) | null;
}

/** One model, its answer and what that took. */
export function AnswerColumn(props: AnswerColumnProps) {
  const { number, model, models, answer, schema, height, problem, onModel, onRun, onStop, onDrop } = props;
  const t = useTranslations('playground');
  const [raw, setRaw] = useState(false);
  // What is to be JSON is read as JSON.
  const isJson = schema.trim() !== '';
  const open = answer?.state === 'waiting' || answer?.state === 'streaming';
  return (
    <section
      aria-label={t('column', { number, model })}
      className="flex min-w-0 flex-col rounded-2xl border border-line bg-surface"
    >
      <header className="flex items-center gap-1 border-b border-line py-1.5 pr-2 pl-2">
        <div className="min-w-0 flex-1">
          <Combobox
            label={t('model')}
            value={model}
            onChange={onModel}
            choices={[...new Set([...models, model])].map((id) => ({ value: id, label: id }))}
            searchLabel={t('findModel')}
            emptyText={t('noSuchModel')}
            placeholder={t('model')}
          />
        </div>
        {answer !== null && answer.text !== '' && !isJson && (
          <IconButton icon={TextInitial} label={t('raw')} pressed={raw} onClick={() => setRaw(!raw)} />
        )}
        {answer !== null && answer.text !== '' && (
          <CopyButton text={answer.text} label={t('copyAnswer')} doneLabel={t('copied')} />
        )}
        {open ? (
          <IconButton icon={Square} label={t('stopOne', { model })} onClick={onStop} />
        ) : (
          <IconButton icon={Play} label={t('runOne', { model })} off={problem} onClick={onRun} />
        )}
        {onDrop !== null && <IconButton icon={X} label={t('drop', { model })} onClick={onDrop} />}
      </header>
      <AnswerText
        answer={answer}
        open={open}
        raw={raw || isJson}
        label={t('column', { number, model })}
        height={height}
      />
      {answer !== null && (
        <footer className="mt-auto grid gap-2 border-t border-line px-4 py-3">
          <div className="flex flex-wrap items-center gap-2">
            <AnswerState answer={answer} model={model} />
            {answer.state === 'done' && isJson && <SchemaVerdict text={answer.text} schema={schema} />}
          </div>
          <AnswerFacts answer={answer} />
        </footer>
      )}
    </section>
  );
}
