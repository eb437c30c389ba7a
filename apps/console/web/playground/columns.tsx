import { Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { AnswerColumn } from './answer-column.tsx';
import { maxModels, type PlaygroundRequest } from './playground-request.ts';
import type { Answer } from './stream-answer.ts';

const whole = 'min-h-40 max-lg:max-h-[60dvh] lg:h-[calc(100dvh-21rem)]';

/** By the number of models: four stand in two rows until there is room for all. */
const layouts: Readonly<Record<number, { readonly columns: string; readonly height: string }>> = {
  1: { columns: '', height: whole },
  2: { columns: 'sm:grid-cols-2', height: whole },
  3: { columns: 'sm:grid-cols-2 xl:grid-cols-3', height: whole },
  4: {
    columns: 'sm:grid-cols-2 2xl:grid-cols-4',
    height: 'min-h-40 max-lg:max-h-[60dvh] lg:h-[calc(50dvh-16.5rem)] 2xl:h-[calc(100dvh-21rem)]',
  },
};

/** The models side by side. */
export function Columns({
  request,
  models,
  answers,
  problem,
  onModels,
  onRun,
  onStop,
  onDrop,
}: {
  readonly request: PlaygroundRequest;
  /** Those that can be chosen. */
  readonly models: readonly string[];
  readonly answers: readonly (Answer | null)[];
  readonly problem: string | null;
  readonly onModels: (models: readonly string[]) => void;
  readonly onRun: (column: number) => void;
  readonly onStop: (column: number) => void;
  readonly onDrop: (column: number) => void;
}) {
  const t = useTranslations('playground');
  const chosen = request.models;
  const next = models.find((model) => !chosen.includes(model)) ?? models[0];
  const off = chosen.length >= maxModels ? t('most', { count: maxModels }) : next === undefined ? t('noModels') : null;
  return (
    <div className="grid min-w-0 gap-3">
      <div className={classes('grid grid-cols-[minmax(0,1fr)] gap-4', layouts[chosen.length]?.columns)}>
        {chosen.map((model, column) => (
          <AnswerColumn
            // eslint-disable-next-line react/no-array-index-key -- a model may stand in two columns
            key={column}
            number={column + 1}
            model={model}
            models={models}
            answer={answers[column] ?? null}
            schema={request.schema}
            height={layouts[chosen.length]?.height ?? ''}
            problem={problem}
            onModel={(chosenModel) => onModels(chosen.with(column, chosenModel))}
            onRun={() => onRun(column)}
            onStop={() => onStop(column)}
            onDrop={chosen.length > 1 ? () => onDrop(column) : null}
          />
        ))}
      </div>
      <div>
        <Button icon={Plus} off={off} onClick={() => next !== undefined && onModels([...chosen, next])}>
          {t('add')}
        </Button>
      </div>
    </div>
  );
}
