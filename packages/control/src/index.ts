export { createChangeLog, type ChangeLog, type NewChange } from './changes/change-log.ts';
export { watchChanges } from './changes/watch-changes.ts';
export { addControlRoutes, type ControlPorts, type ControlRoutes } from './http/add-control-routes.ts';
export { ownPath } from './http/own-request-routes.ts';
export { readBody } from './http/read-body.ts';
export { sessionIdOf, whoAsks } from './http/who-asks.ts';
export type { Callers } from './ports/callers.ts';
export type { ChangeReader, Installation, LogReader, ReplicaGauges } from './ports/installation.ts';
export { noSuchService } from './ports/no-such-service.ts';
