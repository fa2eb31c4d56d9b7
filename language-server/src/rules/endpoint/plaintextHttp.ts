import { portOf } from "../../model/entrySyntax.ts";
import type { Rule } from "../rule.ts";
import { runsOf, seenIn } from "../../observed/jobRuns.ts";
import { eachSoundEntry, replaceEntry } from "./support.ts";

export const plaintextHttp: Rule = {
  id: "endpoint/plaintext-http",
  severity: "info",
  title: "Port 80 is not encrypted",
  why: "Whoever is on the way can read and change what goes over port 80. Most of the 60 real entries are package archives, which sign what they serve.",
  fix: "Port 443, where recorded runs used that of the same host too. Not applied unasked: whether a host serves both, nobody knows here.",
  wrong: "packages.example.com:80",
  right: "packages.example.com:443",
  check: eachSoundEntry((entry, _, { list, policies }, { text, workflow, observed }) => {
    if (portOf(entry) !== 80) return undefined;
    const seen = policies.flatMap((policy) => seenIn(runsOf(observed, workflow, policy)));
    const host = entry.host.toLowerCase();
    const isEncryptedToo = seen.some((one) => one.host === host && one.port === 443);
    const fix = replaceEntry("Use port 443, which the runs used too", text, list, entry, `${entry.host}:443`, true);
    return {
      message: "what goes over port 80 can be read and changed on the way",
      fixes: isEncryptedToo ? [fix] : [],
    };
  }),
};
