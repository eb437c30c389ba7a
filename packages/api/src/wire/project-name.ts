import { z } from 'zod';

const maxCharacters = 128;

/** A text that can be shown in one line: no control characters, which terminals obey, and no half of a surrogate pair. */
export const labelSchema = z
  .string()
  .min(1)
  .max(maxCharacters)
  .refine((text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text), {
    message: 'must be one line without control characters or halves of surrogate pairs',
  });

/** The name of a project. A blank around it would be lost on the way, and with it whose project it is. */
export const projectNameSchema = labelSchema.refine((text) => text === text.trim(), {
  message: 'must not begin or end with a blank',
});

/** The name as it stands in `x-kumiki-project`: headers hold ASCII, and lose blanks around it. */
export function writeProjectName(project: string): string {
  return encodeURIComponent(project.toWellFormed());
}

/** Reads that header. What cannot be read names nobody. */
export function readProjectName(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    return '';
  }
}
