import { useMemo } from 'react';
import { useFormatter } from 'use-intl';

export interface Quantities {
  /** From milliseconds, in the unit that reads best. */
  readonly duration: (ms: number) => string;
  readonly bytes: (bytes: number) => string;
  /** Few digits: for what moves. */
  readonly rate: (perSecond: number) => string;
  readonly count: (value: number) => string;
  readonly percent: (share: number) => string;
}

/** Numbers with units as they stand in tables and charts. What is not known is a dash. */
export function useQuantities(): Quantities {
  const format = useFormatter();
  return useMemo(() => {
    const unit = (value: number, name: string, digits: number): string =>
      format.number(value, { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits });
    return {
      duration(ms) {
        if (ms < 10) return unit(ms, 'millisecond', 1);
        if (ms < 1_000) return unit(ms, 'millisecond', 0);
        if (ms < 60_000) return unit(ms / 1_000, 'second', ms < 10_000 ? 2 : 1);
        return unit(ms / 60_000, 'minute', 1);
      },
      bytes(bytes) {
        if (bytes < 1e9) return unit(bytes / 1e6, 'megabyte', 0);
        return unit(bytes / 1e9, 'gigabyte', 1);
      },
      rate: (value) => format.number(value, { maximumFractionDigits: value < 10 ? 1 : 0 }),
      count: (value) => format.number(value, { maximumFractionDigits: 0 }),
      percent: (share) => format.number(share, { style: 'percent', maximumFractionDigits: 0 }),
    };
  }, [format]);
}

/** For what is not known. Screen readers say nothing for it, so the label beside it must make sense alone. */
export const unknown = '–';
