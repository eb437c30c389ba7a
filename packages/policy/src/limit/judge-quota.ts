/** Whether an addition is within the project's quota. Pure. */

export interface QuotaQuestion {
  /** The project's limit. */
  readonly limit: number;
  /** Its usage, including uploads in progress. */
  readonly used: number;
  /** The addition. */
  readonly needed: number;
}

/** null when it is allowed, otherwise how much would be. */
export function judgeQuota({ limit, used, needed }: QuotaQuestion): { readonly left: number } | null {
  return used + needed <= limit ? null : { left: Math.max(0, limit - used) };
}
