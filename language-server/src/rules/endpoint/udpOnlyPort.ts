import { portOf } from "../../model/entrySyntax.ts";
import type { Rule } from "../rule.ts";
import { eachSoundEntry, removeEntry } from "./support.ts";

const UDP_ONLY: Readonly<Record<number, string>> = { 53: "DNS", 123: "the time", 67: "DHCP", 68: "DHCP", 161: "SNMP" };

export const udpOnlyPort: Rule = {
  id: "endpoint/udp-only-port",
  severity: "warning",
  title: "The port is one of UDP",
  why: "The agent opens TCP ports only. DNS (53) and the time (123) go over UDP: such an entry has no effect.",
  fix: "The entry is removed. Not applied unasked.",
  wrong: "0.pool.ntp.org:123",
  right: "api.github.com:443",
  check: eachSoundEntry((entry, _, { list }, { text }) => {
    const what = UDP_ONLY[portOf(entry)];
    if (what === undefined) return undefined;
    const fix = removeEntry("Remove the entry", text, list, entry, true);
    return { message: `${what} goes over UDP, and the agent opens TCP only`, fixes: [fix] };
  }),
};
