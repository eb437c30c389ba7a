import type { Tokens } from 'marked';
import { useTranslations } from 'use-intl';
import { CopyButton } from '../../ui/copy-button.tsx';
import { inlineContent } from './inline-content.tsx';
import { markdownLimits } from './limits.ts';
import { tableToCsv } from './table-to-csv.ts';

/** A table that scrolls by itself, and gives its cells to a spreadsheet. */
export function TableBlock({ table }: { readonly table: Tokens.Table }) {
  const t = useTranslations('chat.markdown');
  const columns = table.header.slice(0, markdownLimits.tableColumns);
  const rows = table.rows.slice(0, markdownLimits.tableRows);
  const cut = table.rows.length > rows.length || table.header.length > columns.length;
  return (
    <div className="table-block">
      <CopyButton
        className="table-copy"
        text={() => tableToCsv(table)}
        label={t('copyCsv')}
        doneLabel={t('copiedCsv')}
      />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div role="region" aria-label={t('table')} tabIndex={0} className="table-scroll">
        <table>
          <thead>
            <tr>
              {columns.map((cell, index) => (
                <th key={index} scope="col" dir="auto" data-align={cell.align ?? undefined}>
                  {inlineContent(cell.tokens)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.slice(0, columns.length).map((cell, index) => (
                  <td key={index} dir="auto" data-align={cell.align ?? undefined}>
                    {inlineContent(cell.tokens)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cut && (
        <p className="note">
          {t('tableCut', { rows: rows.length, allRows: table.rows.length, columns: columns.length })}
        </p>
      )}
    </div>
  );
}
