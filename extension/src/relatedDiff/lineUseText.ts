// What stands above a line that a run has to do with, and the filter that shows just that in the monitor.
import type { LineUse } from "./lineUses.ts";

const MAX_PIDS = 30;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** `2 processes, 1 connection` */
export const useTitle = ({ processes, connections }: LineUse): string =>
  [
    counted(processes.size, "process", "processes"),
    ...(connections.size === 0 ? [] : [counted(connections.size, "connection", "connections")]),
  ].join(", ");

/** A pid can come again in a run: the rows are few either way. */
export const useFilter = ({ processes }: LineUse): string =>
  `pid:${[...new Set(processes.values())].slice(0, MAX_PIDS).join(",")}`;
