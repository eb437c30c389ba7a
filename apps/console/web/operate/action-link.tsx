import { Link } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClasses } from '../ui/button.tsx';

/** A link to where something can be done, beside buttons. */
export function ActionLink({
  to,
  search,
  icon: Icon,
  children,
}: {
  readonly to: '/models' | '/requests' | '/playground' | '/chat' | '/settings';
  readonly search?: Readonly<Record<string, string>>;
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}) {
  return (
    <Link to={to} search={search ?? {}} className={buttonClasses('secondary', 'small')}>
      {Icon !== undefined && <Icon aria-hidden className="size-4 shrink-0" />}
      {children}
    </Link>
  );
}
