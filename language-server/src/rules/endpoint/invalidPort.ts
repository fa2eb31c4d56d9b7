import { parsePort } from "../../../../collector/policy/faults.ts";
import { replaceEntry, syntaxRule } from "./support.ts";

export const invalidPort = syntaxRule(
  "invalid-port",
  {
    severity: "error",
    title: "What stands behind the colon is no port",
    why: "The agent takes what it cannot read as a number for port 0, which nothing uses: the host is not allowed. A real policy had `:g443` for years.",
    fix: "The digits that stand there, without what is around them; where there are none, port 443, which is not applied unasked.",
    wrong: "npm.pkg.github.com:g443",
    right: "npm.pkg.github.com:443",
  },
  (entry, list, { text }) => {
    const port = entry.port ?? "";
    const unquoted = entry.text.replaceAll(/^["']|["'];?$/g, "");
    const digits = /^\D*(\d+)\D*$/.exec(port)?.[1];
    const meant = digits === undefined ? undefined : parsePort(digits);
    const fixes =
      unquoted !== entry.text && /^[\w.-]+:[1-9]\d{0,3}$/.test(unquoted)
        ? [replaceEntry(`Write ${unquoted}`, text, list, entry, unquoted)]
        : meant === undefined
          ? [replaceEntry("Use port 443", text, list, entry, `${entry.host}:443`, true)]
          : [replaceEntry(`Use port ${meant}`, text, list, entry, `${entry.host}:${meant}`)];
    return { message: `"${port}" is no port (1 to 65535): the agent reads port 0 and allows nothing`, fixes };
  },
);
