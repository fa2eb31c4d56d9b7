// The egress policy of a run, from its options.
import { parseNetwork } from "../../policy/addresses.ts";
import { DEFAULT_SETS, defaultRules, type DefaultSet } from "../../policy/defaults.ts";
import { kernelPolicy, type KernelPolicy } from "../../policy/kernelPolicy.ts";
import type { Policy, Rule } from "../../policy/policy.ts";
import { parseRunglass } from "../../policy/runglass.ts";
import type { RunStart } from "../../protocol/events.ts";
import { UserError } from "../errors.ts";
import { configuredResolvers } from "../events/hostNames.ts";
import { plainText } from "../../report/plainText.ts";

export interface EgressPolicy {
  readonly policy: Policy;
  /** For the kernel, where it is to be enforced. */
  readonly kernel?: KernelPolicy | undefined;
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

const forKernel = (command: string, policy: Policy): KernelPolicy => {
  const made = kernelPolicy(policy);
  const what = `${command}: --egress-policy block cannot be done with this list, so nothing was started`;
  if ("reasons" in made)
    throw new UserError(
      `${what}:`,
      2,
      made.reasons.map((reason) => plainText(reason, 400)),
    );
  return made;
};

/**
 * Reads a list of endpoints in our own dialect; `sets`: the default rules that hold beside it. Throws a `UserError` that
 * names each bad entry, or what of a policy that is to block cannot be enforced.
 */
export const egressPolicy = (
  command: string,
  mode: "audit" | "block",
  list: string,
  sets: readonly DefaultSet[] = DEFAULT_SETS,
): EgressPolicy => {
  const policy = parseRunglass(list, [...defaultRules(sets), ...resolverRules()]);
  if (policy.problems.length > 0) {
    const lines = problemLines(policy);
    const what = `${command}: --allowed-endpoints`;
    if (lines.length === 1) throw new UserError(`${what}, ${lines[0]}; nothing was started`, 2);
    throw new UserError(`${what} has ${policy.problems.length} errors, so nothing was started:`, 2, lines);
  }
  const endpoints = policy.rules.filter(({ set }) => set === undefined).map(({ text }) => text);
  const facts = { mode, dialect: policy.dialect, endpoints, source: "--allowed-endpoints" };
  return { policy, facts, kernel: mode === "block" ? forKernel(command, policy) : undefined };
};

/** The same policy where it cannot be enforced. */
export const onlyJudged = ({ policy, facts }: EgressPolicy): EgressPolicy => ({
  policy,
  facts: { ...facts, mode: "audit" },
});
