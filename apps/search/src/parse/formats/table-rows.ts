/** Collects the cells and rows of one table; nested tables become text of its cells. */
export interface TableRows {
  /** Number of open tables. */
  readonly depth: number;
  open(): void;
  /** The finished table when the outermost one ended, otherwise null. */
  close(): string | null;
  push(text: string): void;
  endCell(): void;
  endRow(): void;
}

export function createTableRows(): TableRows {
  let depth = 0;
  let rows: string[] = [];
  let cells: string[] = [];
  let cell: string[] = [];
  const endCell = (): void => {
    if (cell.length > 0) cells.push(cell.join('').replaceAll(/\s+/g, ' ').trim());
    cell = [];
  };
  const endRow = (): void => {
    endCell();
    if (cells.some((value) => value !== '')) rows.push(cells.join(' | '));
    cells = [];
  };
  return {
    get depth() {
      return depth;
    },
    open() {
      depth++;
    },
    close() {
      if (depth === 0 || --depth > 0) return null;
      endRow();
      const table = rows.join('\n');
      rows = [];
      return table;
    },
    push: (text) => void cell.push(text),
    endCell() {
      if (depth === 1) endCell();
    },
    endRow() {
      if (depth === 1) endRow();
    },
  };
}
