import type { Endpoint } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import type { LoadMeter } from '../load/load-meter.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { RequestLog } from '../requests/request-log.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { UpstreamClient } from '../upstream/upstream.ts';
import type { Attempt } from './attempt.ts';
import type { ClientStream } from './client-stream.ts';
import type { Exchange } from './exchange.ts';
import type { Picker } from './pick-endpoint.ts';
import { createRecording, type Recording } from './recording.ts';
import type { TokenLedger } from './token-ledger.ts';

/** What every exchange needs of the gateway. */
export interface RunOptions {
  readonly picker: Picker;
  readonly wheel: DeadlineWheel;
  readonly upstreamFor: (endpoint: Endpoint) => UpstreamClient;
  readonly metrics: GatewayMetrics;
  readonly requests: RequestLog;
  readonly load: LoadMeter;
  readonly log: Log;
}

/** An exchange with the objects that move its bytes. */
export interface Run {
  readonly options: RunOptions;
  readonly exchange: Exchange;
  readonly client: ClientStream;
  /** The attempt under way. */
  attempt: Attempt | null;
  /** Made when a stream begins; see {@link recordingOf}. */
  recording: Recording | null;
  ledger: TokenLedger;
}

export function recordingOf(run: Run): Recording {
  return (run.recording ??= createRecording(run.exchange.request.path));
}
