import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { toApiError } from '../api/api-error.ts';
import { sessionQuery, signIn } from '../api/session.ts';
import { useErrorText } from './error-notice.tsx';
import { missingRole } from './may-open.ts';
import { places } from './places.ts';
import { SignInCard, SignInHelp } from './sign-in-help.tsx';

/** Tokens that this page has sent already: React runs effects twice while developing, and a token works once. */
const sent = new Map<string, ReturnType<typeof signIn>>();

/** The first screen that a key may open. */
function firstPlace(roles: readonly string[]): string {
  return places.find(({ needs }) => missingRole(needs, roles) === null)?.path ?? '/settings';
}

/** Where the one-time link leads. Its token stands behind `#`, which no server and no log ever sees. */
export default function SignInScreen() {
  const t = useTranslations('shell.signIn');
  const errorText = useErrorText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token'));
  const [failure, setFailure] = useState<unknown>(null);

  useEffect(() => {
    if (token === null) return;
    // Out of the address bar and the history before anything else.
    history.replaceState(history.state, '', location.pathname);
    const attempt = sent.get(token) ?? signIn(token);
    sent.set(token, attempt);
    attempt
      .then((session) => {
        queryClient.setQueryData(sessionQuery.queryKey, session);
        return navigate({ to: firstPlace(session.key.roles), replace: true });
      })
      .catch(setFailure);
  }, [token, navigate, queryClient]);

  if (token !== null && failure === null) {
    return (
      <SignInCard>
        <p role="status" className="text-sm text-soft">
          {t('working')}
        </p>
      </SignInCard>
    );
  }
  if (failure === null) return <SignInHelp />;
  const used = toApiError(failure).status === 401 || toApiError(failure).status === 403;
  return <SignInHelp problem={used ? t('used') : t('failed', { reason: errorText(failure).text })} />;
}
