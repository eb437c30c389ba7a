/** What is said of a value that its schema refuses. Without the parser of YAML, which services that read JSON alone do not load. */
export { describeInvalid } from './describe-issue.ts';
export { formatFinding } from './problem.ts';
