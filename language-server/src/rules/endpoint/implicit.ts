import { hardenRunnerImplicit } from "../../../../collector/policy/defaults.ts";
import { Matcher } from "../../../../collector/policy/matcher.ts";
import type { Entry } from "../../model/endpoints.ts";
import { portOf } from "../../model/entrySyntax.ts";
import { truthOf } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachSoundEntry, removeEntry } from "./support.ts";

const matcherOf = (telemetry: boolean): Matcher =>
  new Matcher({ dialect: "harden-runner", rules: hardenRunnerImplicit(telemetry), problems: [] });
const WITH_TELEMETRY = matcherOf(true);
const WITHOUT = matcherOf(false);

/** Those that are no patterns. */
const NAMES = new Set(hardenRunnerImplicit().flatMap(({ target }) => (target.kind === "host" ? [target.name] : [])));

/** Does the agent allow all that an entry does by itself? */
export const isImplicit = (entry: Entry, telemetry = true): boolean => {
  const matcher = telemetry ? WITH_TELEMETRY : WITHOUT;
  // A pattern stands for any name that fits it.
  const host = entry.host.replaceAll("*", "x").toLowerCase();
  return matcher.connection({ host, port: portOf(entry), protocol: "tcp" }) !== undefined;
};

export const implicit: Rule = {
  id: "endpoint/implicit",
  severity: "hint",
  title: "The agent allows this host by itself",
  why: "The runner's own hosts and the agent's own are always allowed at port 443: 56 entries of real policies say it again. (github.com and api.github.com are not among them.)",
  fix: "The entry is removed.",
  wrong: "codeload.github.com:443 github.com:443",
  right: "github.com:443",
  check: eachSoundEntry((entry, others, { list, policies }, { text, workflow }) => {
    const quiet = policies.some(({ step }) => truthOf(workflow, step.inputs.get("disable-telemetry")) !== false);
    if (!isImplicit(entry, !quiet)) return undefined;
    // The agent keeps its own names beside the list's: other ports of them take nothing away. Of its patterns they would.
    if (!NAMES.has(entry.host.toLowerCase()) && others.isNeeded(entry)) return undefined;
    const fix = removeEntry("Remove the entry", text, list, entry);
    return { message: "the agent allows this without an entry", fixes: [fix] };
  }),
};
