export { type Search, type SearchOptions, startSearch } from './start-search.ts';
