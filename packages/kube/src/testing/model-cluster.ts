import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeAccess } from '../access/kube-access.ts';
import type { KubeObject } from '../objects/kube-object.ts';
import { createResourceModel, plainAccess, refuse, type ResourceModel } from './model-server.ts';

/** The faults of one resource, and its objects; see `ModelServer`. */
export type ModelResource = Omit<ResourceModel, 'list' | 'watch' | 'put' | 'state'>;

/** An API server that several resources are read from: listed, watched, and single objects by their names. */
export interface ModelCluster {
  readonly access: KubeAccess;
  /** A resource by the name that it has in paths, such as `pods`. All its objects are in one namespace. */
  of(plural: string): ModelResource;
  /** Whether it refuses every request and ends those that are open. */
  setAway(away: boolean): void;
  /** Answers the next requests with this status. */
  failNext(count: number, status: number): void;
  /** Answers every request for a resource with this status. */
  refuse(plural: string, status: number): void;
  /** What was asked so far, as `verb resource`. */
  asked(): ReadonlySet<string>;
  close(): Promise<void>;
}

/** A path of one resource, in one namespace or in all of them, with the name of an object or without. */
const pathPattern =
  /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+)?\/(?<plural>[a-z]+)(?:\/(?<name>[^/]+))?$/;

export async function startModelCluster(random: () => number): Promise<ModelCluster> {
  const models = new Map<string, ResourceModel>();
  const asked = new Set<string>();
  const failures: number[] = [];
  const refused = new Map<string, number>();
  let isAway = false;
  const modelOf = (plural: string): ResourceModel => {
    const model = models.get(plural) ?? createResourceModel(random);
    models.set(plural, model);
    return model;
  };
  const handle = (request: IncomingMessage, reply: ServerResponse): void => {
    if (isAway) return void reply.destroy();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://model');
    const { plural = '', name } = pathPattern.exec(pathname)?.groups ?? {};
    const watches = searchParams.get('watch') === 'true';
    asked.add(`${name !== undefined ? 'get' : watches ? 'watch' : 'list'} ${plural}`);
    const failure = refused.get(plural) ?? failures.shift();
    if (failure !== undefined) return refuse(reply, failure, 'ByTheTest');
    if (name !== undefined) answerObject(reply, modelOf(plural).find(name));
    else if (watches) modelOf(plural).watch(searchParams, reply);
    else modelOf(plural).list(searchParams, reply);
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    access: plainAccess((server.address() as AddressInfo).port),
    of: modelOf,
    setAway(away) {
      isAway = away;
      if (away) server.closeAllConnections();
    },
    failNext: (count, status) => void failures.push(...Array.from({ length: count }, () => status)),
    refuse: (plural, status) => void refused.set(plural, status),
    asked: () => asked,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answerObject(reply: ServerResponse, object: KubeObject | undefined): void {
  if (object === undefined) return refuse(reply, 404, 'NotFound');
  reply.writeHead(200, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(object));
}
