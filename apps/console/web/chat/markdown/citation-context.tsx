import { createContext, Fragment, type ReactNode, useContext } from 'react';

/** Shows a number in the answer that names a passage; null where there is no such passage. */
export type ShowCitation = (number: number) => ReactNode;

/** The component around the Markdown defines what `[1]` refers to. */
export const CitationContext = createContext<ShowCitation | null>(null);

/** Text, with the numbers in it that name passages. */
export function CitedText({ text }: { readonly text: string }) {
  const show = useContext(CitationContext);
  if (show === null || !text.includes('[')) return text;
  return text.split(/(\[\d{1,3}\])/).map((piece, index) => {
    const number = /^\[(\d{1,3})\]$/.exec(piece)?.[1];
    return <Fragment key={index}>{(number === undefined ? null : show(Number(number))) ?? piece}</Fragment>;
  });
}
