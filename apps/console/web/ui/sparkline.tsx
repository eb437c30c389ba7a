const width = 96;
const height = 24;

/** A line without axes, beside the number that it leads to. Hidden from screen readers, which read the number. */
export function Sparkline({
  values,
  className,
}: {
  /** Oldest first; null leaves a gap. */
  readonly values: readonly (number | null)[];
  readonly className?: string;
}) {
  const highest = Math.max(1e-9, ...values.map((value) => value ?? 0));
  let drawing = false;
  const path = values
    .map((value, at) => {
      if (value === null) {
        drawing = false;
        return '';
      }
      const x = (at / Math.max(1, values.length - 1)) * width;
      const y = height - 1.5 - (value / highest) * (height - 3);
      const step = `${drawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      drawing = true;
      return step;
    })
    .join('');
  return (
    <svg aria-hidden viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className={className ?? 'h-6 w-24'}>
      <path d={path} fill="none" stroke="var(--series-1)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
