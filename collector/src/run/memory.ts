// How much memory the collector takes from the machine that it watches.
import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's space for new objects at the megabyte that it begins with. Left alone it grows to 32 times that, because a
 * collector makes garbage quickly and keeps little of it: measured over minutes at 5,000 events a second, 160 MB resident
 * and still growing, against 86 MB and flat, at no more CPU. What Node has for this, `--max-semi-space-size`, is only
 * read before our code runs.
 */
export const keepNewSpaceSmall = (): void => setFlagsFromString("--semi-space-growth-factor=1");
