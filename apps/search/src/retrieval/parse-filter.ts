import { type Comparison, comparisonSchema, type Filter, KumikiError, vectorStoreLimits } from '@kumiki/api';

/**
 * Parses a filter on attributes. Nesting is handled without a schema, so that depth and number are checked first.
 * Throws KumikiError `invalid_value` with the path of the problem.
 */
export function parseFilter(received: unknown): Filter | null {
  if (received === undefined || received === null) return null;
  const budget = { comparisons: vectorStoreLimits.filterComparisons };
  return parse(received, 'filters', 1, budget);
}

function parse(received: unknown, path: string, depth: number, budget: { comparisons: number }): Filter {
  if (depth > vectorStoreLimits.filterDepth) {
    throw wrong(path, `it nests deeper than ${vectorStoreLimits.filterDepth} levels`);
  }
  if (typeof received !== 'object' || received === null || Array.isArray(received)) {
    throw wrong(path, 'it is not an object');
  }
  const { type } = received as { readonly type?: unknown };
  if (type !== 'and' && type !== 'or') return parseComparison(received, path, budget);
  const { filters, ...rest } = received as { readonly type: string; readonly filters?: unknown };
  const extra = Object.keys(rest).find((name) => name !== 'type');
  if (extra !== undefined) throw wrong(`${path}.${extra}`, 'there is no such member');
  if (!Array.isArray(filters) || filters.length === 0) {
    throw wrong(`${path}.filters`, 'it must be a list of at least one filter');
  }
  if (filters.length > vectorStoreLimits.filterComparisons) throw tooWide(`${path}.filters`);
  return { type, filters: filters.map((inner, index) => parse(inner, `${path}.filters[${index}]`, depth + 1, budget)) };
}

function parseComparison(received: object, path: string, budget: { comparisons: number }): Comparison {
  if (budget.comparisons-- <= 0) throw tooWide(path);
  const result = comparisonSchema.safeParse(received);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const at = issue?.path.join('.') ?? '';
  throw wrong(at === '' ? path : `${path}.${at}`, issue?.message ?? 'it cannot be read');
}

function tooWide(path: string): KumikiError {
  return wrong(path, `a filter may make ${vectorStoreLimits.filterComparisons} comparisons`);
}

function wrong(param: string, reason: string): KumikiError {
  return new KumikiError('invalid_value', { param, reason: reason.charAt(0).toLowerCase() + reason.slice(1) });
}
