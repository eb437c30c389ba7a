import { pause, seededRandom, until } from '@kumiki/testing';
import type { DurableFleet } from './durable-fleet.ts';
import { type Begun, begin, type DurableReport, reportOf, undisturbedText, untilEvents } from './durable-run.ts';

/** Latest event at which a fault occurs; responses have a few more. */
const latestFault = 300;
/** Responses that are tried for each fault, since one may have lost its driver to the previous fault. */
const responsesPerFault = 4;

/** Limit of a take-over, which normally takes a lease and a poll. */
const takeoverLimitMs = 60_000;
/** A paused driver is resumed at a random time up to this after the take-over. */
const wakeSpreadMs = 1_500;

/** Repeatedly kills the replica that drives the newest response; its clients continue at the other gateway. */
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
 * Pauses the process that drives a response until another one has taken it over, and resumes it with its pending write.
 * The clocks of the processes differ by hours, so that neither can be used.
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
      // A response that ended just before the pause does not count.
      if ((await fleet.driverOf(response.id)) !== null) paused++;
      // At a random moment of its successor's work.
      await pause(random() * wakeSpreadMs);
    } finally {
      driver.signal('SIGCONT');
    }
  }
  return reportOf(fleet, begun, text, paused);
}
