import { conditionReasons, type ConditionType } from '@kumiki/api';
import { table } from '../json-schema-text.ts';
import { english } from './english.ts';
import { japanese } from './japanese.ts';
import type { ConditionWords, ReasonWords } from './reason-words.ts';

const languages: Readonly<Record<'en' | 'ja', ConditionWords>> = { en: english, ja: japanese };

/** docs/operate/conditions.md: every reason of every condition, with what to do. */
export function conditionsPage(language: 'en' | 'ja'): string {
  const words = languages[language];
  const sections = Object.entries(conditionReasons).map(([type, reasons]) => {
    const described: Readonly<Record<string, ReasonWords>> = words.reasons[type as ConditionType];
    const rows = Object.entries(reasons).map(([reason, status]) => {
      const [means = '', toDo = '–'] = described[reason] ?? [];
      return [`\`${reason}\``, status, means, toDo];
    });
    return `## ${type}\n\n${words.types[type as ConditionType]}\n\n${table(words.columns, rows)}\n`;
  });
  return `# ${words.title}\n\n${words.opening}\n\n${sections.join('\n')}`;
}
