import type { Rule } from "../rule.ts";
import { eachSoundEntry, removeEntry } from "./support.ts";

const NOISE: Readonly<Record<string, string>> = {
  "api.snapcraft.io": "snapd asks for it by itself",
  "docker.io": "Docker looks it up and never connects to it",
  "motd.ubuntu.com": "the message of the day",
  "esm.ubuntu.com": "Ubuntu's offer of extended support",
};

export const knownNoise: Rule = {
  id: "endpoint/known-noise",
  severity: "hint",
  title: "Nothing in a job needs this host",
  why: "These hosts are asked for by the machine itself, and stood in early recommendations; the agent does not even report them.",
  fix: "The entry is removed. Not applied unasked.",
  wrong: "api.snapcraft.io:443",
  right: "github.com:443",
  check: eachSoundEntry((entry, _, { list }, { text }) => {
    const what = NOISE[entry.host.toLowerCase()];
    if (what === undefined) return undefined;
    const fix = removeEntry("Remove the entry", text, list, entry, true);
    return { message: `no job needs it: ${what}`, fixes: [fix] };
  }),
};
