import { pause, seededRandom, until } from '@kumiki/testing';
import type { DurableFleet } from './durable-fleet.ts';
import { type Begun, begin, type DurableReport, reportOf, undisturbedText, untilEvents } from './durable-run.ts';

/** A response of the run has some more events than that; the fault comes at any of the earlier ones. */
const latestFault = 300;
/** A response may have lost its driver to the fault before; so many are tried for each fault. */
const responsesPerFault = 4;

/** A take-over takes the length of a lease and a look; more only where the machine is very busy. */
const takeoverLimitMs = 60_000;
/** Within this time after a take-over, a driver that was stopped wakes. */
const wakeSpreadMs = 1_500;

/** Kills, again and again, the replica that drives the newest response; its clients go on at the other gateway. */
export async function killDrivers(fleet: DurableFleet, kills: number, seed: number): Promise<DurableReport> {
  const random = seededRandom(seed);
  const text = await undisturbedText(fleet);
  const begun: Begun[] = [];
  let killed = 0;
  while (killed < kills && begun.length < kills * responsesPerFault) {
    const response = await begin(fleet, begun.length % 2 === 0 ? 0 : 1);
    begun.push(response);
    await untilEvents(fleet, response.id, Math.floor(random() * latestFault));
    const driver = await fleet.driverOf(response.id);
    if (driver === null) continue;
    killed++;
    await fleet.replace(driver);
  }
  return reportOf(fleet, begun, text, killed);
}

/**
 * Stops the process that drives a response until another one has taken it over, and lets it go on: it wakes with
 * what it was about to write. The two clocks are hours apart, so that neither may be believed.
 */
export async function pauseDrivers(fleet: DurableFleet, pauses: number, seed: number): Promise<DurableReport> {
  const random = seededRandom(seed);
  const text = await undisturbedText(fleet);
  const begun: Begun[] = [];
  let paused = 0;
  while (paused < pauses && begun.length < pauses * responsesPerFault) {
    const response = await begin(fleet, begun.length % 2 === 0 ? 0 : 1);
    begun.push(response);
    await untilEvents(fleet, response.id, Math.floor(random() * latestFault));
    const driver = await fleet.driverOf(response.id);
    if (driver === null) continue;
    driver.signal('SIGSTOP');
    try {
      await until('another replica drives the response', takeoverLimitMs, async () => {
        return (await fleet.driverOf(response.id)) !== driver;
      });
      // A response that ended just before its driver was stopped was not disturbed.
      if ((await fleet.driverOf(response.id)) !== null) paused++;
      // Somewhere in what its successor does.
      await pause(random() * wakeSpreadMs);
    } finally {
      driver.signal('SIGCONT');
    }
  }
  return reportOf(fleet, begun, text, paused);
}
