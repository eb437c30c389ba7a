import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import {
  addressIn,
  clusterLimit,
  controlHost,
  outsideHost,
  placeOf,
  podSubnet,
  serviceAddress,
} from './cluster-place.ts';

function contains(range: string, address: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const list = new BlockList();
  list.addSubnet(base, Number(bits));
  return list.check(address);
}

const places = Array.from({ length: clusterLimit }, (_, index) => placeOf(index));

test('the addresses of clusters that run side by side do not meet', () => {
  const ranges = places.flatMap(({ subnet, podRange, serviceRange }) => [subnet, podRange, serviceRange]);
  for (const range of ranges) {
    const [base = ''] = range.split('/');
    assert.deepEqual(
      ranges.filter((other) => contains(other, base)),
      [range],
    );
  }
});

test('every address of a cluster lies in its ranges', () => {
  for (const place of places) {
    for (const host of [controlHost, outsideHost]) assert.ok(contains(place.subnet, addressIn(place, host)));
    assert.ok(contains(place.serviceRange, serviceAddress(place, 1)));
    assert.ok(contains(place.podRange, podSubnet(place, 7).split('/')[0] ?? ''));
  }
});
