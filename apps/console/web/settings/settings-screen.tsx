import { useFormatter, useTranslations } from 'use-intl';
import { signOut } from '../api/session.ts';
import { useLeave } from '../api/use-leave.ts';
import { type Locale, locales, useLanguage } from '../i18n/i18n.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { keysOf, type ShortcutName } from '../shell/keys.ts';
import { useSession } from '../shell/session-gate.tsx';
import { useSetting } from '../stored/stored-settings.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Page, PageHeader, Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { Cell, Head, Table } from '../ui/table.tsx';
import { BrowserSessions } from './browser-sessions.tsx';

export default function SettingsScreen() {
  const t = useTranslations('settings');
  return (
    <Page>
      <PageHeader title={t('title')} note={t('note')} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="grid min-w-0 gap-5">
          <Language />
          <Appearance />
          <SignedIn />
          <BrowserSessions />
        </div>
        <div className="grid min-w-0 gap-5">
          <Keyboard />
          <Connection />
        </div>
      </div>
    </Page>
  );
}

function Language() {
  const t = useTranslations('settings.language');
  const { locale, setLocale } = useLanguage();
  return (
    <Panel title={t('title')}>
      <SelectField<Locale>
        label={t('label')}
        value={locale}
        onChange={setLocale}
        choices={locales.map((value) => ({ value, label: t(value) }))}
      />
    </Panel>
  );
}

function Appearance() {
  const t = useTranslations('settings.appearance');
  const [theme, setTheme] = useSetting('theme');
  const [contrast, setContrast] = useSetting('contrast');
  return (
    <Panel title={t('title')}>
      <div className="grid gap-4">
        <SelectField
          label={t('theme')}
          value={theme}
          onChange={setTheme}
          choices={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(value) }))}
        />
        <SwitchField
          label={t('contrast')}
          hint={t('contrastHint')}
          checked={contrast === 'more'}
          onChange={(on) => setContrast(on ? 'more' : 'system')}
        />
      </div>
    </Panel>
  );
}

const listed: readonly ShortcutName[] = [
  'palette',
  'newChat',
  'focusInput',
  'stop',
  'copyAnswer',
  'copyCode',
  'sidebar',
  'help',
];

function Keyboard() {
  const t = useTranslations('settings.keyboard');
  const [enterSends, setEnterSends] = useSetting('enterSends');
  return (
    <Panel title={t('title')}>
      <SelectField
        label={t('enter')}
        hint={t('ime')}
        value={enterSends}
        onChange={setEnterSends}
        choices={[
          { value: 'yes', label: t('enterSends') },
          { value: 'no', label: t('enterBreaks') },
        ]}
      />
      <div className="-mx-5 mt-4">
        <Table
          label={t('title')}
          head={
            <>
              <Head>{t('action')}</Head>
              <Head>{t('keys')}</Head>
            </>
          }
        >
          {listed.map((name) => (
            <tr key={name}>
              <Cell>{t(name)}</Cell>
              <Cell>
                <Kbd keys={keysOf(name)} />
              </Cell>
            </tr>
          ))}
        </Table>
      </div>
    </Panel>
  );
}

const keyCommand = 'npm exec kumiki -- key create my-program';

function Connection() {
  const t = useTranslations('settings.connection');
  const baseUrl = `${location.origin}/v1`;
  const example = `import OpenAI from 'openai';

const ai = new OpenAI({ baseURL: '${baseUrl}', apiKey: process.env.KUMIKI_API_KEY });
const models = await ai.models.list();
console.log(models.data.map((model) => model.id));`;
  return (
    <Panel title={t('title')} note={t('note')}>
      <dl className="grid grid-cols-[minmax(0,1fr)] gap-3 text-sm">
        <Snippet label={t('baseUrl')} text={baseUrl} />
        <Snippet label={t('key')} text={keyCommand} hint={t('keyHint')} />
        <Snippet label={t('example')} text={example} />
      </dl>
    </Panel>
  );
}

function Snippet({ label, text, hint }: { readonly label: string; readonly text: string; readonly hint?: string }) {
  const t = useTranslations('shell');
  return (
    <div>
      <dt className="font-medium">{label}</dt>
      <dd>
        <div className="mt-1 flex items-start gap-2 rounded-lg bg-code py-1.5 pr-1.5 pl-3">
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
          <pre tabIndex={0} className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-xs leading-5">
            {text}
          </pre>
          <CopyButton text={text} label={`${t('copy')}: ${label}`} doneLabel={t('copied')} />
        </div>
        {hint !== undefined && <p className="mt-1 text-xs text-faint">{hint}</p>}
      </dd>
    </div>
  );
}

function SignedIn() {
  const t = useTranslations('settings.session');
  const shell = useTranslations('shell');
  const format = useFormatter();
  const session = useSession();
  const leave = useLeave(signOut);
  return (
    <Panel title={t('title')}>
      <div className="grid justify-items-start gap-1 text-sm">
        <p className="font-medium">{shell('signedInAs', { name: session.key.name })}</p>
        <p className="text-soft">{shell('project', { name: session.key.project })}</p>
        <p className="text-soft">{t('roles', { roles: session.key.roles.join(', ') })}</p>
        {!session.key.roles.includes('admin') && <p className="text-soft">{t('notAdmin')}</p>}
        {session.expires_at !== null && (
          <p className="text-soft">
            {t('expires', { date: format.dateTime(new Date(session.expires_at * 1_000), { dateStyle: 'long' }) })}
          </p>
        )}
        <p className="text-faint">{t('version', { version: session.version })}</p>
        <Button className="mt-3" onClick={() => leave.mutate()}>
          {shell('signOut')}
        </Button>
        {leave.error !== null && <ErrorNotice error={leave.error} />}
      </div>
    </Panel>
  );
}
