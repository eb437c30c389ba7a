import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { FailedScreen, MissingScreen } from './shell/failed-screen.tsx';
import { OperateGate, UseGate } from './shell/screen-gate.tsx';
import { Shell } from './shell/shell.tsx';

/** Search parameters as they stand in the address; each screen reads its own. */
function anySearch(search: Record<string, unknown>): Record<string, unknown> {
  return search;
}

const root = createRootRoute({ notFoundComponent: MissingScreen, errorComponent: FailedScreen });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./shell/sign-in-screen.tsx')),
});

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

/** Screens for keys that may use models, and for those that may operate the installation. */
const use = createRoute({ getParentRoute: () => shell, id: 'use', component: UseGate });
const operate = createRoute({ getParentRoute: () => shell, id: 'operate', component: OperateGate });

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/chat', replace: true });
  },
});

const chat = createRoute({
  getParentRoute: () => use,
  path: '/chat',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./chat/chat-screen.tsx')),
});

const oneChat = createRoute({
  getParentRoute: () => use,
  path: '/chat/$chatId',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./chat/chat-screen.tsx')),
});

const knowledge = createRoute({
  getParentRoute: () => use,
  path: '/knowledge',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./knowledge/knowledge-screen.tsx')),
});

const oneStore = createRoute({
  getParentRoute: () => use,
  path: '/knowledge/$storeId',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./knowledge/knowledge-screen.tsx')),
});

const playground = createRoute({
  getParentRoute: () => use,
  path: '/playground',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./playground/playground-screen.tsx')),
});

const overview = createRoute({
  getParentRoute: () => operate,
  path: '/overview',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./overview/overview-screen.tsx')),
});

const models = createRoute({
  getParentRoute: () => operate,
  path: '/models',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./models/models-screen.tsx')),
});

const access = createRoute({
  getParentRoute: () => operate,
  path: '/access',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./access/access-screen.tsx')),
});

const requests = createRoute({
  getParentRoute: () => shell,
  path: '/requests',
  validateSearch: anySearch,
  component: lazyRouteComponent(() => import('./requests/requests-screen.tsx')),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-screen.tsx')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      home,
      use.addChildren([chat, oneChat, knowledge, oneStore, playground]),
      operate.addChildren([overview, models, access]),
      requests,
      settings,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
