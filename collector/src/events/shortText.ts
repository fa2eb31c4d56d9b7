// Text that others have chosen, fit for the log.
import { redactText } from "./redactText.ts";

/** Masked, and not longer than `most`. */
export const shortText = (text: string, most: number): string => {
  const masked = redactText(text.length > 4 * most ? text.slice(0, 4 * most) : text);
  return masked.length > most ? `${masked.slice(0, most - 1)}…` : masked;
};
