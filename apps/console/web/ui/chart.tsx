import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Series {
  readonly label: string;
  /** Same length as the times; null leaves a gap. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What the chart shows, for those who cannot see it; the table beside it says the rest. */
  readonly label: string;
  /** Unix seconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly formatTime: (unixSeconds: number) => string;
  readonly height?: number;
  /** Shows the area below the first line. */
  readonly filled?: boolean;
  /** Charts of one group move their cursors together. */
  readonly group?: string;
  /** Called with the place of the cursor among the times; null when it has left. */
  readonly onCursor?: ((at: number | null) => void) | undefined;
}

/** Lines over time. Colours come from the theme and change with it. */
export function Chart({
  label,
  times,
  series,
  format,
  formatTime,
  height = 160,
  filled = false,
  group,
  onCursor,
}: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const names = series.map((one) => one.label).join('\n');
  const latest = useRef({ format, formatTime, series, onCursor });
  latest.current = { format, formatTime, series, onCursor };

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(options(element, { height, filled, group }, latest), dataOf(element), element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    // Canvas does not support CSS variables, so a change of the theme needs a redraw.
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-contrast'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [names, height, filled, group]);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    kept.set(element, [times as number[], ...series.map((one) => one.values as (number | null)[])]);
    plot.current?.setData(dataOf(element));
  }, [times, series]);

  return <div ref={host} role="img" aria-label={label} className="w-full overflow-hidden" />;
}

/** The newest data of each chart, for redrawing. */
const kept = new WeakMap<HTMLElement, uPlot.AlignedData>();

function dataOf(element: HTMLElement): uPlot.AlignedData {
  return kept.get(element) ?? [[]];
}

function options(
  element: HTMLElement,
  { height, filled, group }: { readonly height: number; readonly filled: boolean; readonly group: string | undefined },
  latest: { readonly current: Pick<ChartProps, 'format' | 'formatTime' | 'series' | 'onCursor'> },
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--ink-faint'), font: `11px ${style.fontFamily}`, ticks: { show: false } };
  const grid = { stroke: colour('--line'), width: 1 };
  return {
    width: element.clientWidth,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, ...(group === undefined ? {} : { sync: { key: group } }) },
    hooks: { setCursor: [({ cursor }) => latest.current.onCursor?.(cursor.idx ?? null)] },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 90,
        values: (_plot, at) => at.map((one) => latest.current.formatTime(one)),
      },
      { ...axis, grid, size: 56, space: 36, values: (_plot, at) => at.map((one) => latest.current.format(one)) },
    ],
    series: [
      {},
      ...latest.current.series.map(({ label }, index) => ({
        label,
        stroke: colour(`--series-${(index % 4) + 1}`),
        width: 1.75,
        points: { show: false },
        ...(filled && index === 0 ? { fill: `color-mix(in oklab, ${colour('--series-1')} 14%, transparent)` } : {}),
      })),
    ],
  };
}
