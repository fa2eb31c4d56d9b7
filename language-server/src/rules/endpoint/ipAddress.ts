import { parseAddress } from "../../../../collector/policy/addresses.ts";
import { isPublicAddress } from "../../../../collector/policy/publicAddress.ts";
import { syntaxRule, removeEntry } from "./support.ts";

export const ipAddress = syntaxRule(
  "ip-address",
  {
    severity: "error",
    title: "An address is no entry",
    why: "The agent asks DNS for every entry. Nobody answers for an address, and then the agent takes its enforcement back. Private networks, 168.63.129.16 and 169.254.169.254 are allowed without an entry.",
    fix: "The entry is removed; not unasked where the address is public, as a host may have been meant. It is an error for addresses that are open anyway too: the agent gives up all the same.",
    wrong: "169.254.169.254:80",
    right: "api.github.com:443",
  },
  (entry, list, { text }) => {
    const address = entry.host.replace(/^\[|\]$/g, "");
    const isOpen = parseAddress(address) !== undefined && !isPublicAddress(address) && !address.startsWith("127.");
    const known = isOpen ? "; it is allowed without an entry" : "";
    const message = `the agent asks DNS for "${entry.host}", and gives up all enforcement when nobody answers${known}`;
    const fix = removeEntry("Remove the entry", text, list, entry);
    return { message, fixes: [isOpen ? fix : { ...fix, unsafe: true }] };
  },
);
