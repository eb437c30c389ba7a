import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  continued,
  covering,
  createTokenLedger,
  headSent,
  noticeIsDue,
  noticeSent,
  reservationStep,
  resumed,
  revisionToName,
  started,
  type TokenLedger,
} from './token-ledger.ts';

/**
 * The attempts of an exchange: replicas of a few revisions, with token ids or without, that send some events and fail.
 */
const attempt = fc.record({
  revision: fc.option(fc.constantFrom('r1', 'r2', 'r3')),
  events: fc.integer({ min: 0, max: 3 }),
  /** Silence after which a comment is sent, and with it the head, before the first event. */
  pings: fc.boolean(),
});
const story = fc.record({
  forService: fc.boolean(),
  covered: fc.integer({ min: 0, max: 300 }),
  resume: fc.option(
    fc.record({ revision: fc.option(fc.constantFrom('r1', 'r2')), events: fc.integer({ min: 1, max: 400 }) }),
  ),
  attempts: fc.array(attempt, { minLength: 1, maxLength: 12 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** What the reader sees, in order. */
type Seen =
  /** `of`: the revision whose token ids cover the answer so far, null for none. */
  | { readonly kind: 'head'; readonly revision: string | null; readonly of: string | null }
  | { readonly kind: 'forgotten' }
  /** `of`: the revision whose token ids it carries, null for none. */
  | { readonly kind: 'event'; readonly of: string | null };

/** Applies a story to the ledger as the exchange does. */
function play({ forService, covered, resume, attempts }: Story): { seen: Seen[]; ledgers: TokenLedger[] } {
  let ledger = createTokenLedger(forService, covered);
  const ledgers = [ledger];
  const seen: Seen[] = [];
  let sent = 0;
  let head = false;
  /** All token ids so far are known, of the revision of the ledger. */
  let known = true;

  function step(next: TokenLedger): void {
    ledger = next;
    ledgers.push(ledger);
  }
  function sendHead(): void {
    if (head) return;
    head = true;
    seen.push({ kind: 'head', revision: revisionToName(ledger), of: known ? ledger.revision : null });
    step(headSent(ledger));
  }

  if (resume !== null) {
    sent = resume.events;
    known = resume.revision !== null;
    step(resumed(ledger, resume.revision));
  }
  for (const { revision, events, pings } of attempts) {
    if (sent === 0) {
      step(started(ledger, revision, head));
      known = revision !== null;
    } else {
      const byIds = known && revision === ledger.revision;
      step(continued(ledger, byIds ? 'token_ids' : 'text'));
      known = byIds;
    }
    if (pings) sendHead();
    for (let event = 0; event < events; event++) {
      sendHead();
      if (noticeIsDue(ledger)) {
        seen.push({ kind: 'forgotten' });
        step(noticeSent(ledger));
      }
      sent++;
      seen.push({ kind: 'event', of: known ? ledger.revision : null });
      step(covering(ledger, sent));
    }
  }
  return { seen, ledgers };
}

test('a service never takes token ids for what they are not, whatever the replicas do', () => {
  fc.assert(
    fc.property(story, (drawn) => {
      let believed: string | null = null;
      for (const one of play({ ...drawn, forService: true }).seen) {
        if (one.kind === 'head') {
          believed = one.revision;
          if (believed !== null) assert.equal(one.of, believed, 'the head names the right revision');
        } else if (one.kind === 'forgotten') believed = null;
        else if (believed !== null)
          assert.equal(one.of, believed, 'each event carries ids of the revision that the head named');
      }
    }),
    { numRuns: 5_000 },
  );
});

test('the revision in the head covers what the service had before', () => {
  fc.assert(
    fc.property(story, (drawn) => {
      const { resume } = drawn;
      fc.pre(resume !== null);
      const [head] = play({ ...drawn, forService: true }).seen;
      if (head?.kind === 'head' && head.revision !== null) assert.equal(head.revision, resume.revision);
    }),
  );
});

test('a notice that token ids no longer cover the answer goes out at most once, and before the next event', () => {
  fc.assert(
    fc.property(story, (drawn) => {
      const { seen, ledgers } = play({ ...drawn, forService: true });
      const notices = seen.filter(({ kind }) => kind === 'forgotten').length;
      assert.ok(notices <= 1);
      const forgotten = ledgers.at(-1)?.forgotten;
      assert.equal(notices, forgotten === 'reported' ? 1 : 0);
      let unreported = false;
      for (const [at, { forgotten: now }] of ledgers.entries()) {
        const before = ledgers[at - 1]?.forgotten ?? 'no';
        assert.ok(
          before === now ||
            (before === 'no' && now === 'unreported') ||
            (before === 'unreported' && now === 'reported'),
        );
        unreported ||= now === 'unreported';
      }
      const after = seen.findIndex(({ kind }) => kind === 'forgotten');
      if (after !== -1) assert.equal(seen[after + 1]?.kind, 'event', 'it goes out with an event');
      assert.ok(unreported || notices === 0);
    }),
    { numRuns: 5_000 },
  );
});

test('a client gets neither a revision nor a notice', () => {
  fc.assert(
    fc.property(story, (drawn) => {
      const { seen, ledgers } = play({ ...drawn, forService: false });
      for (const one of seen) {
        assert.notEqual(one.kind, 'forgotten');
        if (one.kind === 'head') assert.equal(one.revision, null);
      }
      assert.ok(ledgers.every(({ named, forgotten }) => named === null && forgotten === 'no'));
    }),
  );
});

test('what the reservation covers never falls, and grows one step for an event that outgrows it', () => {
  fc.assert(
    fc.property(story, (drawn) => {
      const { ledgers } = play(drawn);
      for (const [at, { covered }] of ledgers.entries()) {
        const grown = covered - (ledgers[at - 1]?.covered ?? covered);
        assert.ok(grown === 0 || grown === reservationStep);
      }
    }),
  );
  let ledger = createTokenLedger(false, 10);
  for (let sent = 1; sent <= 1_000; sent++) {
    ledger = covering(ledger, sent);
    assert.ok(ledger.covered >= sent && ledger.covered < sent + reservationStep + 10);
  }
});
