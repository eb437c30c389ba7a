import { isAbsolute, resolve } from 'node:path';
import { type ModelService, sourceKind } from '@kumiki/api';

/** A manifest with its relative paths resolved against the folder of its file. */
export function withAbsolutePaths(service: ModelService, folder: string): ModelService {
  const { spec } = service;
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  const source = sourceKind(spec.model) === 'path' ? absolute(spec.model.source) : spec.model.source;
  return { ...service, spec: { ...spec, model: { ...spec.model, source } } };
}
