// Who used an endpoint, when and for what, in one line. Names come from the log: they are shown as plain text.
import type { Need } from "../../policy/needs.ts";
import { isoTime } from "../../report/tally.ts";
import { plainText } from "../../report/plainText.ts";

const SHOWN = 3;
const LONGEST_NAME = 60;

const few = (names: Iterable<string>): string => {
  const all = [...names].map((name) => plainText(name, LONGEST_NAME));
  const more = all.length - SHOWN;
  return `${all.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** How an endpoint is written: its name, else its address. */
export const endpointOf = ({ host, ip, port }: Need): string =>
  `${host ?? (ip.includes(":") ? `[${ip}]` : ip)}:${port}`;

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** `runs` is how many were read. */
export const evidenceOf = (need: Need, runs: number): string => {
  const parts = [
    runs === 1 ? times(need.connections) : `in ${need.runs.size} of ${runs} runs, ${times(need.connections)}`,
    `last ${isoTime(need.last)?.slice(0, 16).replace("T", " ") ?? "at an unknown time"}`,
  ];
  if (need.programs.size > 0) parts.push(few(need.programs));
  if (need.steps.size > 0) parts.push(`step ${few([...need.steps].map((step) => `"${step}"`))}`);
  if (need.requests.size > 0) parts.push(few(need.requests));
  return parts.join("; ");
};
