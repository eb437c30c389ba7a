/** A larger body is told by its bytes alone: to count what it holds takes time that others need. */
const maxCountedBytes = 2_097_152;

/** What a request holds, for whoever has to send less. */
export function describeSize(body: Buffer): string {
  const parts = [`${body.length} bytes`];
  if (body.length <= maxCountedBytes) {
    const { messages, tools, input } = JSON.parse(body.toString()) as Record<string, unknown>;
    for (const [name, list] of Object.entries({ messages, tools, inputs: input })) {
      if (Array.isArray(list)) parts.push(`${list.length} ${name}`);
    }
  }
  return parts.join(', ');
}
