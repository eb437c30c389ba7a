import type { Registry } from '@kumiki/service';

/**
 * A histogram for values of every token. prom-client's takes half a microsecond for each value and hashes its labels;
 * this one adds to an array, and is converted to Prometheus' form when it is scraped.
 */
export interface TokenHistogram {
  observe(seconds: number): void;
}

export interface TokenHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly buckets: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  readonly registry: Registry;
}

export function createTokenHistogram(options: TokenHistogramOptions): TokenHistogram {
  const { name, help, labels } = options;
  const bounds = Float64Array.from(options.buckets);
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;

  function read(): unknown {
    let count = 0;
    const values = Array.from(counts, (added, place) => {
      count += added;
      return { metricName: `${name}_bucket`, value: count, labels: { ...labels, le: bounds[place] ?? '+Inf' } };
    });
    const total = [
      { metricName: `${name}_sum`, value: sum, labels },
      { metricName: `${name}_count`, value: count, labels },
    ];
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values: [...values, ...total] });
  }

  // The registry reads only a metric's name and values, so any object with these can be one.
  const metric = {
    name,
    help: options.help,
    type: 'histogram',
    labelNames: Object.keys(options.labels),
    get: read,
    reset: () => void counts.fill(0),
  };
  options.registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);

  return {
    observe(seconds) {
      let place = 0;
      while (place < bounds.length && seconds > (bounds[place] ?? Infinity)) place += 1;
      counts[place] = (counts[place] ?? 0) + 1;
      sum += seconds;
    },
  };
}
