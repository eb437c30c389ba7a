import { checkBody, readJson } from '@kumiki/service';
import { faultSchema, type Faults } from '../engine/simulated/faults.ts';
import { smallBody } from '../preparation/body-limit.ts';
import { replyJson } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { readBody } from './read-body.ts';

/** `POST /simulated/faults` injects a fault, `DELETE` ends all of them. */
export async function orderFault(faults: Faults, exchange: Exchange): Promise<void> {
  if (exchange.request.method === 'DELETE') {
    faults.clear();
    exchange.request.resume();
    return replyJson(exchange.response, 200, { object: 'kumiki.faults', cleared: true });
  }
  const fault = checkBody(faultSchema, readJson(await readBody(exchange.request, smallBody), smallBody.bytes), {});
  // The reply is sent first, because some faults end the process.
  replyJson(exchange.response, 200, { object: 'kumiki.fault', ...fault });
  setImmediate(() => faults.order(fault));
}
