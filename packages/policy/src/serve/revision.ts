/** SHA-256 of a text in hex digits. An argument, since what decides imports nothing of Node. */
export type Digest = (text: string) => string;

/** Short enough for names; 32 bits tell the few revisions of one service apart. */
const digits = 8;

/** Names what is loaded: equal parts give equal names on every machine. */
export function nameRevision(parts: readonly unknown[], digest: Digest): string {
  return digest(JSON.stringify(parts)).slice(0, digits);
}
