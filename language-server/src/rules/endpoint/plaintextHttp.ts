import { portOf } from "../../model/entrySyntax.ts";
import type { Rule } from "../rule.ts";
import { eachSoundEntry } from "./support.ts";

export const plaintextHttp: Rule = {
  id: "endpoint/plaintext-http",
  severity: "info",
  title: "Port 80 is not encrypted",
  why: "Whoever is on the way can read and change what goes over port 80. Most of the 60 real entries are package archives, which sign what they serve.",
  wrong: "packages.example.com:80",
  right: "packages.example.com:443",
  check: eachSoundEntry((entry) =>
    portOf(entry) === 80 ? { message: "what goes over port 80 can be read and changed on the way" } : undefined,
  ),
};
