import { z } from 'zod';

const maxCharacters = 128;

/** Text that is safe to show in one line: no control characters, which terminals interpret, and no lone surrogates. */
export const labelSchema = z
  .string()
  .min(1)
  .max(maxCharacters)
  .refine((text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text), {
    message: 'must be one line without control characters or halves of surrogate pairs',
  });

/**
 * The name of a project. Surrounding blanks are refused because headers drop them, which would change whose project it
 * is.
 */
export const projectNameSchema = labelSchema.refine((text) => text === text.trim(), {
  message: 'must not begin or end with a blank',
});

/** The name as the value of `x-kumiki-project`, encoded because headers hold ASCII. */
export function writeProjectName(project: string): string {
  return encodeURIComponent(project.toWellFormed());
}

/** Reads that header. An invalid value gives the empty name, which no project has. */
export function readProjectName(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    return '';
  }
}
