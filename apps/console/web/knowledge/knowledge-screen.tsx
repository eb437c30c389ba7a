import { useParams } from '@tanstack/react-router';
import { StoreList } from './store-list.tsx';
import { StoreView } from './store-view.tsx';

/** Vector stores, or one of them. */
export default function KnowledgeScreen() {
  const { storeId } = useParams({ strict: false });
  return storeId === undefined ? <StoreList /> : <StoreView key={storeId} id={storeId} />;
}
