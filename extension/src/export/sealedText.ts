// What the seals of an exported log prove, for whoever has exported it.
import type { Exported } from "./exportJob.ts";

const count = (value: number, one: string): string =>
  `${value.toLocaleString("en-US")} ${one}${value === 1 ? "" : "s"}`;

/** One or two sentences. */
export const sealedText = ({ events, verification, damage }: Exported): string => {
  const { verdict, sealedTo } = verification;
  const of = `It has ${count(events, "event")}`;
  switch (verdict) {
    case "whole":
      return `${of}, as they were written: all seals hold.`;
    case "cut":
      return sealedTo === 0
        ? `${of}, which no seal proves yet: the run has not ended there.`
        : `${of}, as they were written up to event ${sealedTo.toLocaleString("en-US")}: the run has not ended there.`;
    case "unsealed":
      return `${of}, without seals: nothing proves that they are as they were written.`;
    case "broken":
      return damage === undefined
        ? `${of}; its seals do not hold, so it is not as it was written.`
        : `${of}; the log is damaged (${damage}).`;
  }
};
