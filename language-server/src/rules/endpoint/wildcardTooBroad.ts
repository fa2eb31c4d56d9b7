import { endsOf, registrableDomain } from "../../model/entrySyntax.ts";
import { replaceEntry, syntaxRule } from "./support.ts";

/** The narrowest `*.domain` that the pattern seems to mean. */
const meant = (host: string): string | undefined => {
  const tail = host.slice(host.lastIndexOf("*") + 1).replace(/^\./, "");
  return registrableDomain(tail) === undefined ? undefined : `*.${tail}`;
};

export const wildcardTooBroad = syntaxRule(
  "wildcard-too-broad",
  {
    severity: "error",
    title: "A wildcard allows hosts of other owners",
    why: "The agent compares only what stands before the first asterisk and between it and the second. `*.*.x.com` and `*` allow every host there is, `foo*` allows foo.evil.com, and `*x.com` allows evilx.com.",
    fix: "`*.` and the domain that the pattern ends with, where one owner holds it. Not applied unasked, as it allows less.",
    wrong: "*example.com:443",
    right: "*.example.com:443",
  },
  (entry, list, { text }) => {
    const { prefix, suffix } = endsOf(entry.host);
    const begin = prefix === "" ? "" : ` that begins with "${prefix}"`;
    const end = suffix === "." || suffix === "" ? "" : ` that ends with "${suffix.replace(/\.$/, "")}"`;
    const what =
      begin === "" && end === "" ? "every host there is" : `every host${begin}${begin && end ? " and" : ""}${end}`;
    const narrow = meant(entry.host);
    const port = entry.port === undefined ? "" : `:${entry.port}`;
    const fixes =
      narrow === undefined ? [] : [replaceEntry(`Write ${narrow}${port}`, text, list, entry, narrow + port, true)];
    return { message: `to the agent this is ${what}, whoever owns it`, fixes };
  },
);
