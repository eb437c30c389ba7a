import {
  Activity,
  BookOpen,
  Boxes,
  FlaskConical,
  ListTree,
  MessagesSquare,
  Settings,
  type LucideIcon,
} from 'lucide-react';

export type PlaceName = 'chat' | 'knowledge' | 'playground' | 'overview' | 'models' | 'requests' | 'settings';

export interface Place {
  readonly name: PlaceName;
  readonly path: `/${PlaceName}`;
  readonly icon: LucideIcon;
  readonly group: 'use' | 'operate';
  /** Only for those who may operate the installation. */
  readonly admin: boolean;
}

/** The screens there are, in the order of the menu. */
export const places: readonly Place[] = [
  { name: 'chat', path: '/chat', icon: MessagesSquare, group: 'use', admin: false },
  { name: 'knowledge', path: '/knowledge', icon: BookOpen, group: 'use', admin: false },
  { name: 'playground', path: '/playground', icon: FlaskConical, group: 'use', admin: false },
  { name: 'overview', path: '/overview', icon: Activity, group: 'operate', admin: true },
  { name: 'models', path: '/models', icon: Boxes, group: 'operate', admin: true },
  { name: 'requests', path: '/requests', icon: ListTree, group: 'operate', admin: true },
  { name: 'settings', path: '/settings', icon: Settings, group: 'operate', admin: false },
];
