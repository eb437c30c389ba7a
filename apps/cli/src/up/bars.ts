import type { Replica } from '@kumiki/api';
import { colors } from '../terminal/print.ts';

/** The parts of a terminal that bars need. */
export interface BarTerminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

export interface Bars {
  /** Draws one line per replica over the previous lines. */
  draw(replicas: readonly Replica[]): void;
  clear(): void;
}

const barWidth = 24;
/** Most bars; further replicas are only counted, so that the bars do not scroll. */
const maxBars = 16;

export function createBars(terminal: BarTerminal): Bars {
  let drawn: readonly string[] = [];
  const erase = (): string => (drawn.length === 0 ? '' : `\u001B[${drawn.length}A\u001B[0J`);
  return {
    draw(replicas) {
      const { rows, columns } = sizeOf(terminal);
      const lines = barLines(replicas, Math.min(maxBars, rows - 2), columns);
      if (lines.join('\n') === drawn.join('\n')) return;
      terminal.write(`${erase()}${lines.map((line) => `${line}\n`).join('')}`);
      drawn = lines;
    },
    clear() {
      terminal.write(erase());
      drawn = [];
    },
  };
}

/** Some terminals report a size of 0. */
function sizeOf({ rows, columns }: BarTerminal): { rows: number; columns: number } {
  return { rows: rows > 0 ? rows : 24, columns: columns > 0 ? columns : 80 };
}

/** Lines are cut to the terminal's width, since a wrapped line would break the redrawing. */
function barLines(replicas: readonly Replica[], limit: number, columns: number): string[] {
  const shown = replicas.slice(0, Math.max(1, limit));
  const nameWidth = Math.min(Math.max(0, ...shown.map(({ id }) => id.length)), columns - barWidth - 16);
  const room = columns - nameWidth - barWidth - 5;
  const lines = shown.map((replica) => {
    const share = replica.phase === 'ready' ? 1 : (replica.progress ?? 0);
    const full = Math.round(share * barWidth);
    const bar = colors.green('█'.repeat(full)) + colors.dim('░'.repeat(barWidth - full));
    return `${replica.id.slice(0, nameWidth).padEnd(nameWidth)}  ${bar}  ${stateText(replica, share, room)}`;
  });
  if (replicas.length > shown.length) lines.push(colors.dim(`and ${replicas.length - shown.length} more`));
  return lines;
}

function stateText({ phase, reason }: Replica, share: number, room: number): string {
  if (phase === 'ready') return colors.green('ready');
  if (phase === 'failed') return colors.red(`failed: ${reason}`.slice(0, room));
  return share > 0 ? `${Math.round(share * 100)} %` : colors.dim(reason.slice(0, room));
}
