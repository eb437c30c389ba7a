import { rightsTemplate } from './chart/rights-template.ts';
import { conditionsPage } from './conditions/conditions-page.ts';
import { modelServiceCrd } from './crd/model-service-crd.ts';
import { manifestPage } from './manifest.ts';
import { metricsPage } from './metrics.ts';
import { openapiDocument } from './openapi.ts';
import { projectLimitsPage } from './project-limits.ts';
import { routesPage } from './routes.ts';
import { settingsPage } from './settings.ts';

/** The generated documents, by path. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  'docs/reference/settings.md': settingsPage,
  'docs/reference/manifest.md': manifestPage,
  'docs/reference/routes.md': routesPage,
  'docs/reference/metrics.md': metricsPage,
  'docs/reference/openapi.json': openapiDocument,
  'deploy/crds/modelservices.kumiki.dev.yaml': modelServiceCrd,
  'docs/reference/project-limits.md': projectLimitsPage,
  'deploy/chart/templates/_rights.tpl': rightsTemplate,
  'docs/operate/conditions.md': () => conditionsPage('en'),
  'docs/operate/conditions.ja.md': () => conditionsPage('ja'),
};
