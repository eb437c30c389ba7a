import { keepResult } from '../keep-result.ts';
import { type Asked, askAll, type Way, ways } from './quality.ts';

/** Prints recall@10 and the mean reciprocal rank of every way, and writes bench/results/search-quality.json. */
const groups: Readonly<Record<string, (asked: Asked) => boolean>> = {
  all: () => true,
  English: ({ label }) => label.language === 'en',
  Japanese: ({ label }) => label.language === 'ja',
  'Japanese, same language': ({ label }) => label.language === 'ja' && label.crossLingual !== true,
  'Japanese, English document': ({ label }) => label.crossLingual === true,
  'chose the constants': ({ heldBack }) => !heldBack,
  'held back': ({ heldBack }) => heldBack,
};

const names = Object.keys(ways) as Way[];
const { database, chunks, asked } = await askAll();

const rows = Object.entries(groups).map(([group, belongs]) => {
  const own = asked.filter((each) => belongs(each));
  const figures = names.map((way) => {
    const ranks = own.map(({ ranks }) => ranks[way]);
    return {
      way,
      recall: ranks.filter((rank) => rank !== null).length / own.length,
      mrr: ranks.reduce<number>((sum, rank) => sum + (rank === null ? 0 : 1 / rank), 0) / own.length,
    };
  });
  return { group, questions: own.length, figures };
});

console.log(`Search quality: ${asked.length} questions, ${chunks} chunks, ${database}, demo embedding model\n`);
console.log(`| questions | | ${names.map((way) => `${way} recall@10 | MRR`).join(' | ')} |`);
console.log(`|---|--:|${'--:|--:|'.repeat(names.length)}`);
for (const { group, questions, figures } of rows)
  console.log(
    `| ${group} | ${questions} | ${figures.map(({ recall, mrr }) => `${recall.toFixed(3)} | ${mrr.toFixed(3)}`).join(' | ')} |`,
  );
keepResult('search-quality', { database, chunks, rows });
