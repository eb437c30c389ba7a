import type { ScannedRequest, Span } from './scanned-request.ts';

export interface BodyEdits {
  /** The new value of `model`, which the body must have. */
  readonly model?: string;
  /** Sets `stream_options.include_usage` to true and keeps the other stream options. */
  readonly includeUsage?: true;
  /** New top-level members: key and JSON text. The keys must not be in the body. */
  readonly add?: readonly (readonly [key: string, json: string])[];
  /** New JSON text for the value of `messages` or `prompt`, which the body must have. */
  readonly messages?: string;
  readonly prompt?: string;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Makes a copy of the body with all edits in one pass. What is not edited keeps its bytes. */
export function editBody(body: Buffer, scanned: ScannedRequest, edits: BodyEdits): Buffer {
  const splices: Splice[] = [];
  const replace = (span: Span | null, text: string | undefined): void => {
    if (span !== null && text !== undefined) splices.push({ start: span.start, end: span.end, text });
  };
  const added = [...(edits.add ?? [])];
  replace(scanned.modelSpan, edits.model === undefined ? undefined : JSON.stringify(edits.model));
  replace(scanned.messages, edits.messages);
  replace(scanned.prompt, edits.prompt);
  if (edits.includeUsage && !scanned.includeUsage) {
    const span = scanned.streamOptions;
    if (span === null) added.push(['stream_options', '{"include_usage":true}']);
    else replace(span, withUsage(body.toString('utf8', span.start, span.end)));
  }
  const members = added.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',');
  if (members !== '') {
    splices.push({ start: scanned.closeAt, end: scanned.closeAt, text: scanned.empty ? members : `,${members}` });
  }
  return apply(body, splices);
}

/** @param options the JSON text of an object or null, as the scan has checked. */
function withUsage(options: string): string {
  return JSON.stringify({ ...(JSON.parse(options) as object | null), include_usage: true });
}

function apply(body: Buffer, splices: Splice[]): Buffer {
  splices.sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end, text } of splices) {
    parts.push(body.subarray(from, start), Buffer.from(text));
    from = end;
  }
  parts.push(body.subarray(from));
  return Buffer.concat(parts);
}
