import type { Comparison, Filter } from '@kumiki/api';
import type { Parameter } from '@kumiki/postgres';

/**
 * A filter as an SQL condition on `attributes`. Keys and values are passed as parameters only.
 *
 * A missing attribute is equal to nothing and in no list, so `ne` and `nin` hold for it. Numbers are compared with
 * numbers, and texts with texts by code points; values of different types are neither greater nor less.
 */
export function filterSql(filter: Filter | null, parameters: Parameter[]): string {
  if (filter === null) return 'true';
  if ('filters' in filter) {
    const inner = filter.filters.map((part) => filterSql(part, parameters));
    return `(${inner.join(filter.type === 'and' ? ' AND ' : ' OR ')})`;
  }
  return comparisonSql(filter, parameters);
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function comparisonSql(comparison: Comparison, parameters: Parameter[]): string {
  const bind = (value: Parameter): string => `$${parameters.push(value)}`;
  const { type, key } = comparison;
  switch (type) {
    case 'eq':
    case 'ne': {
      const equal = `attributes @> ${bind(JSON.stringify({ [key]: comparison.value }))}::jsonb`;
      return type === 'eq' ? equal : `NOT (${equal})`;
    }
    case 'in':
    case 'nin': {
      const among = `coalesce(${bind(JSON.stringify(comparison.value))}::jsonb @> (attributes -> ${bind(key)}::text), false)`;
      return type === 'in' ? among : `NOT (${among})`;
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const name = `${bind(key)}::text`;
      const numeric = typeof comparison.value === 'number';
      const value = bind(String(comparison.value));
      const compared = numeric
        ? `(attributes ->> ${name})::numeric ${operators[type]} ${value}::numeric`
        : `(attributes ->> ${name}) COLLATE "C" ${operators[type]} ${value}::text`;
      // CASE, because AND may evaluate the cast first.
      return `(CASE WHEN jsonb_typeof(attributes -> ${name}) = '${numeric ? 'number' : 'string'}' THEN ${compared} ELSE false END)`;
    }
  }
}
