import { Outlet, useChildMatches, useNavigate } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { EmptyState, Page, PageHeader } from '../ui/panel.tsx';
import { missingRole, type NeededRole } from './may-open.ts';
import { placeAt, places } from './places.ts';
import { useSession } from './session-gate.tsx';

/**
 * Wraps the screens that need a role: shows them to sessions with the role, and an explanation to others, without
 * fetching any of the screen's data.
 */
function ScreenGate({ needs }: { readonly needs: NeededRole }) {
  const { key } = useSession();
  return missingRole(needs, key.roles) === null ? <Outlet /> : <NotYours missing={needs} />;
}

export function UseGate() {
  return <ScreenGate needs="inference" />;
}

export function OperateGate() {
  return <ScreenGate needs="admin" />;
}

function NotYours({ missing }: { readonly missing: NeededRole }) {
  const t = useTranslations('shell');
  const { key } = useSession();
  // The place of the current screen, not of the one being navigated to.
  const place = placeAt(useChildMatches({ select: (matches) => matches[0]?.pathname ?? '' }));
  const navigate = useNavigate();
  const first = places.find(({ needs }) => missingRole(needs, key.roles) === null);
  return (
    <Page>
      {place !== undefined && <PageHeader title={t(`nav.${place.name}`)} />}
      <EmptyState
        icon={<Lock />}
        title={t('notYours.title', { role: missing })}
        action={
          first !== undefined && (
            <Button onClick={() => void navigate({ to: first.path })}>
              {t('notYours.go', { place: t(`nav.${first.name}`) })}
            </Button>
          )
        }
      >
        <p>{t(`notYours.${missing}`)}</p>
        <p className="mt-2">{t('notYours.who', { name: key.name, roles: key.roles.join(', ') })}</p>
      </EmptyState>
    </Page>
  );
}
