// The sign of the product: a sheet with the ring of a seal.
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect x="5" y="2" width="22" height="28" rx="3" fill="#fff" />
      <path d="M10 9h12M10 14h12M10 19h6" stroke="#1d4a86" strokeWidth="2" strokeLinecap="round" />
      <circle cx="21" cy="22" r="4" fill="none" stroke="#c2362d" strokeWidth="2.4" />
    </svg>
  );
}
