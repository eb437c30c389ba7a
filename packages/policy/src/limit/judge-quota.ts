/** Whether what somebody wants to add is within what the project may have. Pure. */

export interface QuotaQuestion {
  /** What the project may have. */
  readonly limit: number;
  /** What it has, uploads in progress included. */
  readonly used: number;
  /** What would come. */
  readonly needed: number;
}

/** null when it may come; else how much would pass. */
export function judgeQuota({ limit, used, needed }: QuotaQuestion): { readonly left: number } | null {
  return used + needed <= limit ? null : { left: Math.max(0, limit - used) };
}
