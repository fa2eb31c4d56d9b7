// What stands above a line that a run has to do with, and the filter that shows just that in the monitor.
import type { LineUse } from "./lineUses.ts";

const MAX_PIDS = 30;
const MAX_DETAILS = 8;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** `2 processes, 1 connection` */
export const useTitle = ({ processes, connections }: LineUse): string =>
  [
    counted(processes.size, "process", "processes"),
    ...(connections.size === 0 ? [] : [counted(connections.size, "connection", "connections")]),
  ].join(", ");

/** A pid can come again in a run: the rows are few either way. */
export const useFilter = ({ processes }: LineUse): string =>
  `pid:${[...new Set([...processes.values()].map(({ pid }) => pid))].slice(0, MAX_PIDS).join(",")}`;

/** The first of what it is, a line each: for who wants to know before going there. */
export const useDetails = ({ processes, connections }: LineUse): string[] => {
  const lines = [
    ...[...processes.values()].map(({ pid, command }) => `${command} (pid ${pid})`),
    ...[...new Set(connections.values())].map((to) => `→ ${to}`),
  ];
  const more = lines.length - MAX_DETAILS;
  return more > 1 ? [...lines.slice(0, MAX_DETAILS), `and ${more} more`] : lines;
};
