import { portOf } from "../../model/entrySyntax.ts";
import type { Fix, Rule } from "../rule.ts";
import { eachSoundEntry, removeEntry, replaceEntry } from "./support.ts";

export const wildcardPortConflict: Rule = {
  id: "endpoint/wildcard-port-conflict",
  severity: "warning",
  title: "Wildcards that fit the same host have different ports",
  why: "Of a wildcard that is listed with several ports the agent uses the first one only; of several wildcards that fit a host it uses any, at random.",
  fix: "The one that does not count is removed, or gets the port of the others. Not applied unasked.",
  wrong: "*.example.com:443 *.example.com:80",
  right: "*.example.com:443 www.example.com:80",
  check: eachSoundEntry((entry, others, { list }, { text }) => {
    if (!entry.host.includes("*")) return undefined;
    const [host, port] = [entry.host.toLowerCase(), portOf(entry)];
    const first = others.portOfWildcard(entry);
    // One that says what counts already is told of as a duplicate.
    const isAgain = first === port && others.first(entry) !== entry;
    const before = isAgain ? [] : others.wildcardsLike(entry);
    const other = before.find((one) => portOf(one) !== port);
    if (other === undefined) return undefined;
    const same = other.host.toLowerCase() === host;
    const what = same ? `only its first port counts, which is ${first}` : `which port counts is left to chance`;
    const fixes: Fix[] = [];
    if (same) fixes.push(removeEntry("Remove this one, which does not count", text, list, entry, true));
    else if (before.every((one) => portOf(one) === portOf(other))) {
      const newText = `${entry.host}:${portOf(other)}`;
      fixes.push(replaceEntry(`Use port ${portOf(other)} here too`, text, list, entry, newText, true));
    }
    return { message: `${other.text} fits the same hosts: ${what}`, fixes };
  }),
};
