export { type AccountsPart, type AccountsState, applyItem, emptyState } from './accounts-state.ts';
export { followAccounts } from './follow-accounts.ts';
