/** A larger body is described by its bytes alone: parsing it to count its parts would block other requests. */
const maxCountedBytes = 2_097_152;

/** The size of a request in words, for a message that asks for a smaller one. */
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
