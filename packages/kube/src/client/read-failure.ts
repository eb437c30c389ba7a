import { z } from 'zod';
import type { FailureOutcome, FieldConflict, KubeFailure } from './kube-result.ts';

/** A server that asks for more is asked again after this time. */
const maxRetryAfterMs = 60_000;
/** What is kept of a server's message; a proxy's error page can be long. */
const maxMessageLength = 2_048;

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const statusSchema = z.object({
  kind: z.literal('Status'),
  message: z.string().default(''),
  reason: z.string().default(''),
  code: z.int().optional(),
  details: z
    .object({
      causes: z
        .array(
          z.object({ reason: z.string().default(''), message: z.string().default(''), field: z.string().default('') }),
        )
        .default([]),
      retryAfterSeconds: z.number().optional(),
    })
    .default({ causes: [] }),
});

/** The failure of a reply with a status of 400 or more. */
export function readFailure(status: number, retryAfter: string | undefined, body: string): KubeFailure {
  const parsed = statusSchema.safeParse(parseJson(body));
  const { message, reason, details } = parsed.success
    ? parsed.data
    : { message: body, reason: '', details: { causes: [], retryAfterSeconds: undefined } };
  const seconds = readSeconds(retryAfter) ?? details.retryAfterSeconds ?? null;
  return {
    outcome: outcomeOf(status, reason),
    status,
    reason,
    message: message === '' ? `status ${status}` : message.slice(0, maxMessageLength),
    retryAfterMs: seconds === null ? null : Math.min(Math.max(seconds, 0) * 1000, maxRetryAfterMs),
    conflicts: details.causes.filter((cause) => cause.reason === 'FieldManagerConflict').map(readConflict),
    sent: true,
  };
}

/** The failure in an ERROR event of a watch, whose object is a Status. */
export function readErrorEvent(object: unknown): KubeFailure {
  const parsed = statusSchema.safeParse(object);
  return readFailure((parsed.success ? parsed.data.code : undefined) ?? 500, undefined, JSON.stringify(object));
}

function outcomeOf(status: number, reason: string): FailureOutcome {
  if (status === 409) return reason === 'AlreadyExists' ? 'exists' : 'conflict';
  if (status >= 500) return 'unavailable';
  return outcomes[status] ?? 'rejected';
}

const outcomes: Readonly<Record<number, FailureOutcome>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  410: 'gone',
  413: 'too_large',
  422: 'invalid',
  429: 'throttled',
};

/** The server names the manager in words only: `conflict with "kubectl" using apps/v1 at ...`. */
function readConflict({ message, field }: { readonly message: string; readonly field: string }): FieldConflict {
  return { manager: /conflict with "([^"]{0,256})"/.exec(message)?.[1] ?? '', field };
}

/** `Retry-After` in seconds. The other form, a date, depends on two clocks and is not sent by API servers. */
function readSeconds(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
