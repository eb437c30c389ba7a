import { CSPProvider } from '@base-ui/react/csp-provider';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslations } from 'use-intl';
import { ApiError } from './api/api-error.ts';
import { sessionQuery } from './api/session.ts';
import { LanguageProvider } from './i18n/i18n.tsx';
import { router } from './router.tsx';
import { LoadFailures } from './shell/load-failures.tsx';
import { useTheme } from './stored/theme.ts';
import { ToastProvider } from './ui/toast.tsx';
import { TooltipProvider } from './ui/tooltip.tsx';
import './ui/theme.css';

const maxRetries = 3;

/** The session may have been ended elsewhere. It is then fetched again, and the page shows how to sign in. */
function onError(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) {
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
}

const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // A refusal would be repeated; a server that was not reachable or not ready may recover.
      retry: (failures, error) =>
        failures < maxRetries && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      staleTime: 5_000,
    },
  },
});

function App() {
  const t = useTranslations('shell');
  useTheme();
  return (
    <TooltipProvider>
      <ToastProvider closeLabel={t('close')}>
        <LoadFailures />
        <RouterProvider router={router} />
      </ToastProvider>
    </TooltipProvider>
  );
}

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <LanguageProvider>
            <App />
          </LanguageProvider>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}
