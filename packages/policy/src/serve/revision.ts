/** SHA-256 of a text in hex digits. Passed as an argument, because pure files import no Node module. */
export type Digest = (text: string) => string;

/** Short enough for names; 32 bits distinguish the few revisions of one service. */
const digits = 8;

/** The name of a revision: equal parts give equal names on every machine. */
export function nameRevision(parts: readonly unknown[], digest: Digest): string {
  return digest(JSON.stringify(parts)).slice(0, digits);
}
