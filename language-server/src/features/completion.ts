import { CompletionItemKind, InsertTextFormat, type CompletionItem } from "vscode-languageserver/node";
import { BOOLEAN_INPUTS, INPUTS } from "../model/actionInputs.ts";
import { evidenceOf } from "../observed/jobRuns.ts";
import type { Positions } from "../lint/positions.ts";
import type { SeenEndpoint } from "../observed/jobRuns.ts";
import { KNOWN_ENDPOINTS } from "./knownEndpoints.ts";
import { cursorPlace } from "./lineContext.ts";

const MODES: Readonly<Record<string, string>> = {
  audit: "watches, and blocks nothing",
  block: "allows the listed endpoints and the runner's own hosts, and blocks everything else",
};

const INPUT_TEXTS: Readonly<Record<(typeof INPUTS)[number], string>> = {
  "allowed-endpoints": "what may be reached in block mode: host:port, separated by blanks",
  "egress-policy": "audit or block (the default)",
  token: "a token for GitHub's API, for its rate limit only",
  "disable-telemetry": "tells StepSecurity nothing; with block only",
  "disable-sudo": "takes sudo away; Docker can give it back",
  "disable-sudo-and-containers": "takes sudo and Docker away",
  "disable-file-monitoring": "watches no files",
  policy: "the name of a policy in StepSecurity's store",
  "api-key": "for the policy store",
  "use-policy-store": "takes the policy from the store",
  "deploy-on-self-hosted-vm": "installs the agent on an ephemeral machine of one's own",
};

/** What can stand at `offset`; nothing outside of Harden-Runner's steps. `seen` is what runs of the file's jobs used. */
export const completionsAt = (
  text: string,
  offset: number,
  positions: Positions,
  seen: readonly SeenEndpoint[],
  runs: number,
): CompletionItem[] => {
  const place = cursorPlace(text, offset);
  if (place === undefined) return [];
  const typedRange = (
    typed: string,
  ): { start: { line: number; character: number }; end: { line: number; character: number } } =>
    positions.range({ start: offset - typed.length, end: offset });
  if (place.kind === "input") {
    const range = typedRange(place.typed);
    return INPUTS.filter((name) => !place.present.has(name)).map((name) => ({
      label: name,
      kind: CompletionItemKind.Property,
      detail: INPUT_TEXTS[name],
      insertTextFormat: InsertTextFormat.PlainText,
      textEdit: { range, newText: name === "allowed-endpoints" ? `${name}: >` : `${name}: ` },
    }));
  }
  const range = typedRange(place.typed);
  const value = (label: string, detail: string, sortText: string, kind: CompletionItemKind): CompletionItem => ({
    label,
    kind,
    detail,
    sortText,
    filterText: label,
    textEdit: { range, newText: label },
  });
  if (place.input === "egress-policy") {
    return Object.entries(MODES).map(([mode, what]) => value(mode, what, mode, CompletionItemKind.EnumMember));
  }
  if (BOOLEAN_INPUTS.has(place.input)) {
    return ["true", "false"].map((word) => value(word, "", word, CompletionItemKind.EnumMember));
  }
  if (place.input !== "allowed-endpoints") return [];
  const observed = seen.map((one) =>
    value(one.text, evidenceOf(one, runs), `0 ${one.text}`, CompletionItemKind.Reference),
  );
  const known = Object.entries(KNOWN_ENDPOINTS)
    .filter(([endpoint]) => !seen.some((one) => one.text === endpoint))
    .map(([endpoint, what]) => value(endpoint, what, `1 ${endpoint}`, CompletionItemKind.Value));
  return [...observed, ...known];
};
