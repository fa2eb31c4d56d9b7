import { CompletionItemKind, InsertTextFormat, type CompletionItem } from "vscode-languageserver/node";
import { BOOLEAN_INPUTS, INPUTS } from "../model/actionInputs.ts";
import { evidenceOf } from "../observed/jobRuns.ts";
import type { Positions } from "../lint/positions.ts";
import type { SeenEndpoint } from "../observed/jobRuns.ts";
import { KNOWN_ENDPOINTS } from "../model/knownEndpoints.ts";
import { OWN_INPUT_TEXTS, type OwnInput } from "../model/ownInputs.ts";
import { stepSnippets } from "./stepSnippets.ts";
import { cursorPlace, type Action } from "./lineContext.ts";

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

const valuesOf = (name: string): Pick<OwnInput, "values"> => {
  if (name === "egress-policy") return { values: Object.keys(MODES) };
  return BOOLEAN_INPUTS.has(name) ? { values: ["true", "false"] } : {};
};

const THEIR_INPUTS: Readonly<Record<string, OwnInput>> = Object.fromEntries(
  INPUTS.map((name) => [name, { what: INPUT_TEXTS[name], ...valuesOf(name) }]),
);

/** The inputs of an action, with what they are for, and the values of those that have few. */
const inputsOf = (action: Action): Readonly<Record<string, OwnInput>> =>
  action === "runglass" ? OWN_INPUT_TEXTS : THEIR_INPUTS;

/** What can stand at `offset`: in the steps of Harden-Runner and of our own Action, and where a step begins. `seen` is what runs of the file's jobs used. */
export const completionsAt = (
  text: string,
  offset: number,
  positions: Positions,
  seen: readonly SeenEndpoint[],
  runs: number,
): CompletionItem[] => {
  const place = cursorPlace(text, offset);
  if (place === undefined) return stepSnippets(text, offset, positions);
  const typedRange = (
    typed: string,
  ): { start: { line: number; character: number }; end: { line: number; character: number } } =>
    positions.range({ start: offset - typed.length, end: offset });
  if (place.kind === "input") {
    const range = typedRange(place.typed);
    const block = place.action === "runglass" ? "|" : ">";
    return Object.entries(inputsOf(place.action))
      .filter(([name]) => !place.present.has(name))
      .map(([name, { what }]) => ({
        label: name,
        kind: CompletionItemKind.Property,
        detail: what,
        insertTextFormat: InsertTextFormat.PlainText,
        textEdit: { range, newText: name === "allowed-endpoints" ? `${name}: ${block}` : `${name}: ` },
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
  const { values } = inputsOf(place.action)[place.input] ?? {};
  if (values !== undefined) {
    const isMode = place.input === "egress-policy";
    return values.map((word) => value(word, isMode ? (MODES[word] ?? "") : "", word, CompletionItemKind.EnumMember));
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
