import type { Rule } from "../rule.ts";
import { eachSoundEntry, removeEntry } from "./support.ts";

export const duplicate: Rule = {
  id: "endpoint/duplicate",
  severity: "warning",
  title: "An entry stands there twice",
  why: "The second one changes nothing, and whoever removes the first one believes the host to be gone.",
  fix: "The later one is removed.",
  wrong: "pypi.org:443 github.com:443 pypi.org",
  right: "pypi.org:443 github.com:443",
  check: eachSoundEntry((entry, others, { list }, { text }) => {
    const same = others.first(entry);
    if (same === undefined || same === entry) return undefined;
    const fix = removeEntry("Remove this one", text, list, entry);
    return { message: `${same.text} is there already`, fixes: [fix] };
  }),
};
