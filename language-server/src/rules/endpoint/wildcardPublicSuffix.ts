import { isPublicSuffix, wildcardParent, endsOf } from "../../model/entrySyntax.ts";
import type { Rule } from "../rule.ts";
import { isImplicit } from "./implicit.ts";
import { Matcher } from "../../../../collector/policy/matcher.ts";
import { parseHardenRunner } from "../../../../collector/policy/hardenRunner.ts";
import { runsOf, seenIn } from "../../observed/jobRuns.ts";
import { eachSoundEntry, replaceEntry } from "./support.ts";

/** The domain that all hosts of the pattern are below. */
const parentOf = (host: string): string | undefined => {
  if (!host.includes("*")) return undefined;
  const suffix = endsOf(host).suffix.replace(/\.$/, "").toLowerCase();
  return wildcardParent(host) ?? suffix.slice(suffix.indexOf(".") + 1);
};

export const wildcardPublicSuffix: Rule = {
  id: "endpoint/wildcard-public-suffix",
  severity: "warning",
  title: "A wildcard below a domain where anybody can have a name",
  why: "Anybody can register a host below a public suffix such as com, cloudfront.net or blob.core.windows.net, and send there what must not leave.",
  fix: "The hosts that recorded runs used are listed in its place. Not applied unasked.",
  wrong: "*.cloudfront.net:443",
  right: "d111111abcdef8.cloudfront.net:443",
  check: eachSoundEntry((entry, _, { list, policies }, { text, workflow, observed }) => {
    const parent = parentOf(entry.host);
    if (parent === undefined || !isPublicSuffix(parent) || isImplicit(entry)) return undefined;
    const matcher = new Matcher(parseHardenRunner(entry.text.toLowerCase()));
    const runs = policies.flatMap((policy) => runsOf(observed, workflow, policy));
    const used = seenIn(runs).filter(
      ({ host, port }) => matcher.connection({ host, port, protocol: "tcp" }) !== undefined,
    );
    const hosts = used.map((one) => one.text);
    const title = `List what the runs used: ${hosts.slice(0, 3).join(", ")}${hosts.length > 3 ? ", …" : ""}`;
    const fixes = hosts.length === 0 ? [] : [replaceEntry(title, text, list, entry, hosts.join(" "), true)];
    return { message: `anybody can have a host below ${parent}: list the hosts that are needed`, fixes };
  }),
};
