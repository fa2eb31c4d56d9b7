// The egress policy of a run, from its options.
import { parseNetwork } from "../../policy/addresses.ts";
import { defaultRules } from "../../policy/defaults.ts";
import type { Policy, Rule } from "../../policy/policy.ts";
import { parseRunglass } from "../../policy/runglass.ts";
import type { RunStart } from "../../protocol/events.ts";
import { UserError } from "../errors.ts";
import { configuredResolvers } from "../events/hostNames.ts";
import { plainText } from "../summary/plainText.ts";

export interface EgressPolicy {
  readonly policy: Policy;
  /** As `run.start` has it. */
  readonly facts: RunStart["policy"];
}

const DNS_PORT = 53;
const MOST_PROBLEMS = 20;

/** The machine's own resolvers may be asked; what about is judged question by question. */
const resolverRules = (): Rule[] =>
  [...configuredResolvers()].flatMap((text) => {
    const network = parseNetwork(text);
    if (network === undefined) return [];
    const { version, value, length } = network;
    const target = { kind: "network", network: { version, value, length } } as const;
    return [{ text, place: undefined, set: "resolver", target, port: DNS_PORT, protocol: "any", request: undefined }];
  });

const problemLines = ({ problems }: Policy): readonly string[] => {
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ place, message, instead }) => {
    const remedy = instead === undefined ? "" : `; write "${plainText(instead)}"`;
    return `line ${place.line}, column ${place.column}: ${plainText(message, 400)}${remedy}`;
  });
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])];
};

/** Reads a list of endpoints in our own dialect. Throws a `UserError` that names each bad entry. */
export const egressPolicy = (command: string, mode: "audit", list: string): EgressPolicy => {
  const policy = parseRunglass(list, [...defaultRules(), ...resolverRules()]);
  if (policy.problems.length > 0) {
    const lines = problemLines(policy);
    const what = `${command}: --allowed-endpoints`;
    if (lines.length === 1) throw new UserError(`${what}, ${lines[0]}; nothing was started`, 2);
    throw new UserError(`${what} has ${policy.problems.length} errors, so nothing was started:`, 2, lines);
  }
  const endpoints = policy.rules.filter(({ set }) => set === undefined).map(({ text }) => text);
  return { policy, facts: { mode, dialect: policy.dialect, endpoints, source: "--allowed-endpoints" } };
};
