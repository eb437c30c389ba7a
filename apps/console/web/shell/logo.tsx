/** 組木: beams that hold each other, one over and one under. */
export function Logo({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="7" fill="#1d3b5c" />
      <g fill="none" strokeWidth="4.4">
        <path d="M11 4v24M21 4v24" stroke="#e9c893" />
        <path d="M4 11h4.6m4.8 0H28M4 21h14.6m4.8 0H28" stroke="#fff7ea" />
      </g>
    </svg>
  );
}
