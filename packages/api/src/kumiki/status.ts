import { z } from 'zod';
import { dataServiceCauses } from '../errors/causes.ts';
import { serviceStatusSchema } from './services.ts';

/** A data service: conversations or search. */
export const dataServiceSchema = z.object({
  object: z.literal('kumiki.data_service'),
  name: z.string(),
  state: z.enum(['starting', 'ready', 'failed']),
  /** One sentence: why it is not ready, and what to do if action is needed; empty when it is ready. */
  reason: z.string(),
  cause: z.enum(dataServiceCauses).nullable(),
  /** Its process id on this machine; null while it has no process. */
  pid: z.int().nullable(),
  restarts: z.int(),
  rss_bytes: z.int().nullable(),
  started_at: z.int().nullable(),
});
export type DataService = z.infer<typeof dataServiceSchema>;

/** `GET /v1/kumiki/status`. */
export const statusSchema = z.object({
  object: z.literal('kumiki.status'),
  version: z.string(),
  url: z.string(),
  /** The state folder and the process id of `kumiki up` on a single machine; null on a cluster. */
  home: z.string().nullable(),
  pid: z.int().nullable(),
  started_at: z.int(),
  services: z.array(serviceStatusSchema),
  data_services: z.array(dataServiceSchema),
});
export type Status = z.infer<typeof statusSchema>;
