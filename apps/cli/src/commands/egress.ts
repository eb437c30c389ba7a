import { type EgressPolicy, whatThereIs } from '@kumiki/api';
import { editEgressList, homePaths, openHome, readEgressList, spellRule, withRules } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import { readCliConfig } from '../host/config.ts';
import { formatAge } from '../terminal/format.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatTable } from '../terminal/table.ts';

/** The operator of the machine edits the egress list in the state folder; it cannot be changed over the network. */
interface Flags {
  readonly home?: string;
  readonly json?: boolean;
}

const homeOf = (flags: Flags): string => flags.home ?? readCliConfig().home;

export function allowEgress(texts: readonly string[], flags: Flags): void {
  const rules = texts.map(spelt);
  const since = Math.floor(Date.now() / 1_000);
  editEgressList(openHome(homeOf(flags)).egress, (list) => withRules(list, rules, 'operator', since));
  tell(rules, 'allowed', flags);
}

export function removeEgress(texts: readonly string[], flags: Flags): void {
  const rules = texts.map(spelt);
  editEgressList(openHome(homeOf(flags)).egress, (list) => {
    const unknown = rules.filter((rule) => !list.allow.some((entry) => entry.rule === rule));
    const [first = ''] = unknown;
    const listed = list.allow.map((entry) => entry.rule);
    if (unknown.length > 0)
      throw new CliError(`Not listed: ${unknown.join(', ')}.${whatThereIs(first, listed) || ' Nothing is listed.'}`);
    return { ...list, allow: list.allow.filter(({ rule }) => !rules.includes(rule)) };
  });
  tell(rules, 'removed', flags);
}

export function listEgress(flags: Flags): void {
  const { egress } = homePaths(homeOf(flags));
  const read = readEgressList(egress);
  if (read.kind === 'damaged') {
    throw new CliError(
      `${egress} cannot be read, so that nothing outside may be reached. Repair it, or delete it and add the needed entries again.`,
    );
  }
  const { mode, allow } = read.list;
  if (flags.json === true) return printJson({ object: 'kumiki.egress', mode, data: allow });
  const now = Date.now() / 1_000;
  print(mode === 'public' ? 'Public servers, and these:' : 'These servers alone:');
  print(
    formatTable(
      ['RULE', 'BY', 'AGE'],
      allow.map(({ rule, by, since }) => [rule, by, formatAge(now - since)]),
    ),
  );
}

export function setEgressMode(mode: EgressPolicy['mode'], flags: Flags): void {
  editEgressList(openHome(homeOf(flags)).egress, (list) => ({ ...list, mode }));
  if (flags.json === true) printJson({ object: 'kumiki.egress', mode });
  else
    print(
      mode === 'public' ? 'Public servers may be reached, and listed ones.' : 'Listed servers alone may be reached.',
    );
}

function spelt(text: string): string {
  const rule = spellRule(text);
  if (rule !== null) return rule;
  throw new CliError(
    `'${text}' is no server. Write a host, an address or a range such as 10.0.0.0/8, with a port or without: vllm.corp:8000.`,
    2,
  );
}

function tell(rules: readonly string[], what: string, flags: Flags): void {
  if (flags.json === true) return printJson({ object: 'list', data: rules.map((rule) => ({ rule, [what]: true })) });
  for (const rule of rules) print(`egress/${rule} ${what}`);
}
