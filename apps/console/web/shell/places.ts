import {
  Activity,
  BookOpen,
  Boxes,
  FlaskConical,
  KeyRound,
  ListTree,
  MessagesSquare,
  Settings,
  type LucideIcon,
} from 'lucide-react';
import type { NeededRole } from './may-open.ts';

export type PlaceName =
  | 'chat'
  | 'knowledge'
  | 'playground'
  | 'overview'
  | 'models'
  | 'requests'
  | 'access'
  | 'settings';

export interface Place {
  readonly name: PlaceName;
  readonly path: `/${PlaceName}`;
  readonly icon: LucideIcon;
  readonly group: 'use' | 'operate';
  /** The role that its key needs; null allows every key, and the screen shows what that key may see. */
  readonly needs: NeededRole | null;
}

/** The screens there are, in the order of the menu. */
export const places: readonly Place[] = [
  { name: 'chat', path: '/chat', icon: MessagesSquare, group: 'use', needs: 'inference' },
  { name: 'knowledge', path: '/knowledge', icon: BookOpen, group: 'use', needs: 'inference' },
  { name: 'playground', path: '/playground', icon: FlaskConical, group: 'use', needs: 'inference' },
  { name: 'overview', path: '/overview', icon: Activity, group: 'operate', needs: 'admin' },
  { name: 'models', path: '/models', icon: Boxes, group: 'operate', needs: 'admin' },
  { name: 'requests', path: '/requests', icon: ListTree, group: 'operate', needs: null },
  { name: 'access', path: '/access', icon: KeyRound, group: 'operate', needs: 'admin' },
  { name: 'settings', path: '/settings', icon: Settings, group: 'operate', needs: null },
];

/** The place that an address belongs to; undefined without one. */
export function placeAt(pathname: string): Place | undefined {
  return places.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
}
