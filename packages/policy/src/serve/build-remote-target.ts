import { type EngineSpec, type ModelService, withoutTrailing } from '@kumiki/api';
import type { TargetContext } from './build-process-targets.ts';
import { fillDeadlines, remoteDeadlines } from './fill-deadlines.ts';
import { nameRevision } from './revision.ts';
import type { RemoteTarget, Resolution } from './target.ts';

/** The target of a service whose model runs on outside servers. */
export function buildRemoteTarget(
  { metadata, spec }: ModelService,
  engine: Extract<EngineSpec, { kind: 'openai' }>,
  { created, digest }: TargetContext,
): Resolution {
  const wrong = [spec.model.source, ...engine.endpoints].find((url) => !isServerUrl(url));
  if (wrong !== undefined) {
    return {
      ok: false,
      reason: `spec: '${wrong.slice(wrong.lastIndexOf('@') + 1)}' is no URL of a server. Write http:// or https://, a host and a path, without a user name, a query or a fragment`,
    };
  }
  const model = spec.model.name ?? metadata.name;
  const urls = [spec.model.source, ...engine.endpoints].map(basePath);
  const target: RemoteTarget = {
    kind: 'remote',
    key: `${metadata.name}/${model}`,
    service: metadata.name,
    model,
    aliases: spec.model.aliases,
    task: spec.task,
    created,
    deadlines: fillDeadlines(spec.deadlines, remoteDeadlines),
    revision: nameRevision([spec.model.source, spec.task, engine], digest),
    urls: [...new Set(urls)],
    apiKey: engine.apiKeyFrom?.secretKeyRef ?? null,
    upstreamModel: engine.upstreamModel ?? null,
    continuation: engine.continuation,
    maxInFlight: engine.maxInFlight,
  };
  return { ok: true, targets: [target] };
}

/**
 * The URL is shown, so it may not contain credentials. Paths are appended to it, so it may not have a query or a
 * fragment.
 */
function isServerUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === ''
  );
}

/** `http://host:8000/v1/` and `http://host:8000` are the same server. */
function basePath(url: string): string {
  return withoutTrailing(url, '/').replace(/\/v1$/, '');
}
