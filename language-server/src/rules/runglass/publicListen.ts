import { parseAddress } from "../../../../collector/policy/addresses.ts";
import { isPublicAddress } from "../../../../collector/policy/publicAddress.ts";
import { inputText } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachMonitor } from "./support.ts";

/** Everyone who can reach the machine, by whatever address. */
const EVERYWHERE = new Set(["", "*", "0.0.0.0", "::", "0", "[::]"]);

const reasonOf = (listen: string): string | undefined => {
  const host = listen.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1");
  if (EVERYWHERE.has(host)) return "this listens on every address of the machine";
  return parseAddress(host) !== undefined && isPublicAddress(host) ? "this is a public address" : undefined;
};

export const publicListen: Rule = {
  id: "runglass/public-listen",
  severity: "warning",
  title: "The run is served to the whole internet",
  why: "With `listen` the collector serves the run over plain HTTP to whoever has the token. On a public address that, and the token, can be read on the way. Listen on loopback or in a network of your own, and reach it by a tunnel.",
  fix: "Loopback, at the same port. Not applied unasked.",
  wrong: "listen: 0.0.0.0:4711",
  right: "listen: 127.0.0.1:4711",
  check: eachMonitor(({ step }, { workflow }) => {
    const value = inputText(workflow, step.inputs.get("listen"));
    const said = value?.value.trim() ?? "";
    if (value === undefined || said === "" || said.includes("${{")) return undefined;
    const reason = reasonOf(said);
    if (reason === undefined) return undefined;
    const fixes = [
      {
        title: "Listen on loopback",
        edits: [{ ...value.body, newText: `127.0.0.1:${/:(\d+)$/.exec(said)?.[1] ?? 4711}` }],
        unsafe: true,
      },
    ];
    return { ...value.span, message: `${reason}, over plain HTTP`, fixes };
  }),
};
