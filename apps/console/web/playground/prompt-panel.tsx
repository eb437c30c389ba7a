import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { TextAreaField } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { JsonField } from './json-field.tsx';
import { ParameterFields } from './parameter-fields.tsx';
import type { PlaygroundRequest } from './playground-request.ts';

interface PromptPanelProps {
  readonly request: PlaygroundRequest;
  readonly onChange: (changes: Partial<PlaygroundRequest>) => void;
}

const schemaExample = JSON.stringify(
  {
    type: 'object',
    properties: { title: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
    required: ['title', 'tags'],
    additionalProperties: false,
  },
  null,
  2,
);
const toolsExample = JSON.stringify(
  [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather of a city now',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ],
  null,
  2,
);

/** What all models are asked. */
export function PromptPanel({ request, onChange }: PromptPanelProps) {
  const t = useTranslations('playground');
  return (
    <Panel className="pt-3">
      <div className="grid gap-4">
        <TextAreaField
          label={t('system')}
          apiName="system"
          placeholder={t('systemPlaceholder')}
          value={request.system}
          onChange={(system) => onChange({ system })}
          rows={2}
        />
        <TextAreaField
          label={t('prompt')}
          apiName="user"
          placeholder={t('promptPlaceholder')}
          hint={t('promptHint')}
          value={request.prompt}
          onChange={(prompt) => onChange({ prompt })}
          rows={6}
        />
        <Section title={t('parameters')} used={Object.values(request.parameters).some((value) => value !== null)}>
          <ParameterFields request={request} onChange={onChange} />
        </Section>
        <Section title={t('schema')} used={request.schema.trim() !== ''}>
          <JsonField
            as="schema"
            label={t('schema')}
            apiName="response_format"
            example={schemaExample}
            value={request.schema}
            onChange={(schema) => onChange({ schema })}
          />
        </Section>
        <Section title={t('tools')} used={request.tools.trim() !== ''}>
          <JsonField
            as="tools"
            label={t('tools')}
            apiName="tools"
            example={toolsExample}
            value={request.tools}
            onChange={(tools) => onChange({ tools })}
          />
        </Section>
      </div>
    </Panel>
  );
}

/** Less common settings, expanded at first when they are in use. */
function Section({
  title,
  used,
  children,
}: {
  readonly title: string;
  readonly used: boolean;
  readonly children: ReactNode;
}) {
  const t = useTranslations('playground');
  return (
    <details open={used || undefined} className="group border-t border-line pt-2">
      <summary className="flex h-9 cursor-pointer list-none items-center gap-2 rounded-lg text-sm font-medium [&::-webkit-details-marker]:hidden">
        <ChevronDown aria-hidden className="size-4 text-faint transition-transform group-open:rotate-180" />
        <span className="flex-1">{title}</span>
        {used && <span className="rounded-full bg-accent-soft px-2 text-xs text-accent-text">{t('set')}</span>}
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  );
}
