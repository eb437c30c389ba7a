import type { Session } from '@kumiki/api';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { useTranslations } from 'use-intl';
import { sessionQuery } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { SignInHelp } from './sign-in-help.tsx';

const SessionContext = createContext<Session | null>(null);

/** Shows its children to a signed-in user, and otherwise how to sign in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const t = useTranslations('errors');
  const { data, error, refetch } = useQuery(sessionQuery);
  if (data === undefined) {
    if (error === null) return null;
    return (
      <main className="grid h-full place-items-center p-6">
        <ErrorNotice error={error} action={<Button onClick={() => void refetch()}>{t('retry')}</Button>} />
      </main>
    );
  }
  if (data === null) return <SignInHelp />;
  return <SessionContext value={data}>{children}</SessionContext>;
}

/** Who is signed in. Only inside the gate. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession needs a SessionGate');
  return session;
}
