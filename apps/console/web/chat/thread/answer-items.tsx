import { useMemo } from 'react';
import { CitationContext, type ShowCitation } from '../markdown/citation-context.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { sourcesOf } from '../model/sources.ts';
import { isOpen, type Item, listMember, type ShownTurn, textMember } from '../model/turn.ts';
import { useChatActions } from '../state/chat-context.tsx';
import { Citation } from './citation.tsx';
import { GeneratedImage } from './generated-image.tsx';
import { OtherItem, ReasoningItem, SearchItem, ToolCallItem } from './side-items.tsx';

/** What an answer consists of, in its order. */
export function AnswerItems({ turn }: { readonly turn: ShownTurn }) {
  const { output } = turn.response;
  const show = useCitations(turn);
  const open = isOpen(turn);
  return (
    <CitationContext value={show}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {output.map((item, index) => (
          <OneItem key={item.id} item={item} turn={turn} isGrowing={open && index === output.length - 1} />
        ))}
      </div>
    </CitationContext>
  );
}

function OneItem({
  item,
  turn,
  isGrowing,
}: {
  readonly item: Item;
  readonly turn: ShownTurn;
  readonly isGrowing: boolean;
}) {
  switch (item.type) {
    case 'message':
      return <MessageItem item={item} isGrowing={isGrowing} />;
    case 'reasoning':
      return <ReasoningItem item={item} isGrowing={isGrowing} />;
    case 'file_search_call':
      return <SearchItem item={item} turnId={turn.response_id} isGrowing={isGrowing} />;
    case 'function_call':
      return <ToolCallItem item={item} isGrowing={isGrowing} />;
    case 'image_generation_call':
      return <GeneratedImage item={item} isGrowing={isGrowing} />;
    default:
      return <OtherItem item={item} />;
  }
}

function MessageItem({ item, isGrowing }: { readonly item: Item; readonly isGrowing: boolean }) {
  const parts = listMember(item, 'content');
  return parts.map((part, index) => (
    // eslint-disable-next-line react/no-array-index-key -- parts have no other identity
    <Markdown
      key={index}
      text={textMember(part, 'text') || textMember(part, 'refusal')}
      isOpen={isGrowing && index === parts.length - 1}
    />
  ));
}

/** How `[1]` is shown in this turn; null while there is nothing to cite. It stays the same while the answer grows. */
function useCitations({ response, response_id: id }: ShownTurn): ShowCitation | null {
  const { openPanel } = useChatActions();
  const search = response.output.find(({ type }) => type === 'file_search_call');
  return useMemo(() => {
    const sources = search === undefined ? [] : sourcesOf({ output: [search] }, '');
    if (sources.length === 0) return null;
    return (number) => {
      const source = sources[number - 1];
      return source === undefined ? null : <Citation source={source} onOpen={() => openPanel('sources', id, number)} />;
    };
    // The actions are new objects with each turn, but do the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [search, id]);
}
