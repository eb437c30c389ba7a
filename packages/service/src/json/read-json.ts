import { isUtf8 } from 'node:buffer';
import { KumikiError } from '@kumiki/api/errors';
import { maxJsonDepth, maxObjectMembers } from '@kumiki/api/path-row';
import { notTextReason } from './not-text.ts';
import { type JsonFinding, scanNames } from './scan-names.ts';

/** Most characters of a name that a refusal quotes. */
const shownCharacters = 64;

/**
 * Parses a body as JSON. All JSON from outside is read here. Depth and number of values are checked before anything is
 * built. Duplicate names and `__proto__` (in any escaping) are refused at every level, so that all parsers see the same
 * members and all of them are own properties.
 * @param maxValues members and elements in total. Throws KumikiError `invalid_json`, `body_too_deep`, `invalid_value`
 *   or `unknown_parameter`.
 */
export function readJson(body: Buffer, maxValues: number): unknown {
  if (!isUtf8(body)) throw new KumikiError('invalid_json', { reason: notTextReason(body) });
  const finding = scanNames(body, { maxDepth: maxJsonDepth, maxValues, maxMembers: maxObjectMembers });
  if (finding !== null && finding.kind !== 'broken') throw refusalOf(finding, maxValues);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    // The parser's message quotes the input, which is untrusted.
    const reason = error instanceof Error ? error.message.replace(/, ".*$/s, '') : 'it cannot be read';
    throw new KumikiError('invalid_json', { reason });
  }
}

function refusalOf(finding: Exclude<JsonFinding, { kind: 'broken' }>, maxValues: number): KumikiError {
  switch (finding.kind) {
    case 'too_deep':
      return new KumikiError('body_too_deep', { limit: maxJsonDepth });
    case 'too_many_values':
      return new KumikiError('invalid_value', {
        param: 'body',
        reason: `it holds more than ${maxValues} members and elements`,
      });
    case 'too_many_members':
      return new KumikiError('invalid_value', {
        param: 'body',
        reason: `an object in it has more than ${maxObjectMembers} members`,
      });
    case 'duplicate':
      return new KumikiError('invalid_json', { reason: `duplicate key '${finding.name.slice(0, shownCharacters)}'` });
    case 'prototype':
      return new KumikiError('unknown_parameter', { param: '__proto__', hint: '' });
  }
}
