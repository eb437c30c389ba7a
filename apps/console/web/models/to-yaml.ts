/** What YAML would take for something else than this text, or that needs more than one line. */
const needsQuotes =
  /^$|^[\s\-?:,[\]{}#&*!|>'"%@`]|[:#]\s|\s#|:$|\s$|[\p{Cc}\u2028\u2029]|^(?:true|false|null|yes|no|on|off|y|n|~)$|^[-+.]?\d/iu;

/** A value of JSON as YAML, as a person would write it. Whatever is in doubt is in double quotes. */
function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => `${indent}-${inline(toYaml(item, `${indent}  `), indent)}`).join('')}`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    if (entries.length === 0) return ' {}\n';
    return `\n${entries.map(([name, member]) => `${indent}${scalar(name)}:${toYaml(member, `${indent}  `)}`).join('')}`;
  }
  return ` ${scalar(value)}\n`;
}

/** A manifest as it stands in a file. */
export function toYamlDocument(value: unknown): string {
  return toYaml(value).replace(/^\n/, '').trimStart();
}

/** The first member of a list's item stands behind its dash. */
function inline(text: string, indent: string): string {
  return text.startsWith('\n') ? ` ${text.slice(1 + indent.length + 2)}` : text;
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return needsQuotes.test(value) ? JSON.stringify(value) : value;
}
