import { isUtf8 } from 'node:buffer';
import { KumikiError, maxJsonDepth, maxObjectMembers } from '@kumiki/api';
import { notTextReason } from './not-text.ts';
import { type JsonFinding, scanNames } from './scan-names.ts';

/** Characters of a name that a refusal repeats. */
const shownCharacters = 64;

/**
 * The JSON value of a body: the one reader of everything that comes from outside. Depth and number of values are looked
 * at before anything is built; a name that stands twice, and `__proto__` by any spelling, is refused wherever it stands,
 * so that every reader sees the same members and each of them as the object's own.
 * @param maxValues members and elements in all.
 * Throws KumikiError `invalid_json`, `body_too_deep`, `invalid_value` or `unknown_parameter`.
 */
export function readJson(body: Buffer, maxValues: number): unknown {
  if (!isUtf8(body)) throw new KumikiError('invalid_json', { reason: notTextReason(body) });
  const finding = scanNames(body, { maxDepth: maxJsonDepth, maxValues, maxMembers: maxObjectMembers });
  if (finding !== null && finding.kind !== 'broken') throw refusalOf(finding, maxValues);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    // What the parser found is quoted in its words, and is somebody's text.
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
