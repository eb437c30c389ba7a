export { describeInvalid } from './describe-issue.ts';
export { manifestLimits } from './limits.ts';
export { formatFinding, formatProblem, type ManifestProblem } from './problem.ts';
export { readManifests, type LocatedService, type ManifestFile, type ManifestResult } from './read-manifests.ts';
export { longestQuote, missingOf, notOfForm, notOneOf, outOfBounds, unknownFieldOf, urlRule } from './sentences.ts';
export { listManifests, writeManifests, writeYaml } from './write-manifest.ts';
