import type { ChatMessage } from './build-messages.ts';

/** Number and total characters of a prompt's passages; each step is for a smaller context window. */
const budgets = [
  { passages: 20, characters: 6_000 },
  { passages: 10, characters: 2_400 },
  { passages: 5, characters: 1_200 },
  { passages: 3, characters: 600 },
  { passages: 2, characters: 300 },
  { passages: 1, characters: 300 },
] as const;

export const passageBudgets = budgets.length;

/**
 * The messages with numbered passages put before the last question, in the form that models are trained on to answer
 * with the passage's number: `[1] …`, `[2] …`, then the question.
 * @param step how often the prompt was too long before, from 0.
 */
export function withPassages(messages: readonly ChatMessage[], texts: readonly string[], step: number): ChatMessage[] {
  const budget = budgets[Math.min(step, budgets.length - 1)] ?? budgets[0];
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const question = messages[at];
  if (texts.length === 0 || question === undefined) return [...messages];
  const lines = texts
    .slice(0, budget.passages)
    .map((text, index) => `[${index + 1}] ${text.replaceAll(/\s+/g, ' ').trim().slice(0, budget.characters)}`);
  const content = `Use the context to answer.\n\n${lines.join('\n')}\n\nQuestion: ${question.content ?? ''}`;
  return messages.with(at, { ...question, content });
}
