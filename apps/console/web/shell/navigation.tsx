import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Logo } from './logo.tsx';
import { missingRole } from './may-open.ts';
import { places, type Place } from './places.ts';
import { useSession } from './session-gate.tsx';

/** The menu: every place with its name, in words. */
export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const t = useTranslations('shell');
  const { key } = useSession();
  const allowed = places.filter(({ needs }) => missingRole(needs, key.roles) === null);
  const entries = (group: Place['group']) =>
    allowed
      .filter((place) => place.group === group)
      .map((place) => (
        <li key={place.name}>
          <Link
            to={place.path}
            onClick={() => onGo?.()}
            className="flex flex-col items-center gap-1 rounded-xl px-1 py-2 text-center text-[0.6875rem] leading-tight text-soft transition-colors hover:bg-sunken hover:text-ink max-md:flex-row max-md:gap-3 max-md:px-3 max-md:py-2.5 max-md:text-sm"
            activeProps={{ className: 'bg-accent-soft !text-accent-text font-medium', 'aria-current': 'page' }}
          >
            <place.icon aria-hidden className="size-5 shrink-0 stroke-[1.75]" />
            <span className="max-w-full">{t(`nav.${place.name}`)}</span>
          </Link>
        </li>
      ));
  return (
    <nav aria-label={t('nav.label')} className="flex h-full flex-col gap-1 overflow-y-auto p-2">
      <Link
        to="/chat"
        onClick={() => onGo?.()}
        aria-label={t('product')}
        className="mb-1 flex items-center justify-center gap-2 rounded-xl py-2 font-semibold max-md:justify-start max-md:px-3"
      >
        <Logo className="size-8" />
        <span className="md:sr-only">{t('product')}</span>
      </Link>
      <ul className="grid gap-0.5">{entries('use')}</ul>
      <hr className="mx-3 my-1 border-line" />
      <ul className="grid gap-0.5">{entries('operate')}</ul>
    </nav>
  );
}
