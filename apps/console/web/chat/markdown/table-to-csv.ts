interface Cells {
  readonly header: readonly { readonly text: string }[];
  readonly rows: readonly (readonly { readonly text: string }[])[];
}

/** A table as a spreadsheet reads it (RFC 4180). A cell that would be a formula there becomes text. */
export function tableToCsv({ header, rows }: Cells): string {
  return [header, ...rows].map((row) => row.map(({ text }) => csvCell(text)).join(',')).join('\r\n');
}

function csvCell(text: string): string {
  const harmless = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
