import { useTranslations } from 'use-intl';
import { Status, type Tone } from '../ui/status.tsx';
import type { Answer } from './stream-answer.ts';

const tones: Readonly<Record<Answer['state'], Tone>> = {
  waiting: 'busy',
  streaming: 'busy',
  done: 'ok',
  stopped: 'off',
  failed: 'bad',
};

/** How an answer stands, and told to screen readers when it has ended. */
export function AnswerState({ answer, model }: { readonly answer: Answer; readonly model: string }) {
  const t = useTranslations('playground.state');
  const { state, finish, pieces } = answer;
  const cut = state === 'done' && finish === 'length';
  const text = cut ? t('cut') : t(state, { count: answer.usage?.completion_tokens ?? pieces });
  const ended = state !== 'waiting' && state !== 'streaming';
  return (
    <>
      <Status tone={cut ? 'warn' : tones[state]}>{text}</Status>
      <span role="status" className="sr-only">
        {ended ? `${model}: ${text}` : ''}
      </span>
    </>
  );
}
