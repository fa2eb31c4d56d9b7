// What is allowed without being listed. In our own dialect each set can be listed and left out; Harden-Runner's are its own.
import { parseNetwork } from "./addresses.ts";
import type { Rule, Target } from "./policy.ts";

export const DEFAULT_SETS = ["loopback", "private", "link-local", "platform", "runner"] as const;
export type DefaultSet = (typeof DEFAULT_SETS)[number];

interface SetText {
  readonly why: string;
  readonly networks?: readonly string[];
  readonly hosts?: readonly string[];
}

/** Where results, logs and artifacts of a job are stored: twenty accounts of GitHub's. */
const RESULT_STORES = Array.from({ length: 20 }, (_, n) => `productionresultssa${n}.blob.core.windows.net`);

const SETS: Readonly<Record<DefaultSet, SetText>> = {
  loopback: { why: "programs of the same machine", networks: ["127.0.0.0/8", "::1"] },
  private: {
    why: "networks of one's own: services, containers",
    networks: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  },
  "link-local": { why: "neighbours on the same wire; no metadata service", networks: ["fe80::/10"] },
  platform: {
    why: "Azure's agent and metadata service, without which a hosted runner is lost",
    networks: ["168.63.129.16", "169.254.169.254"],
  },
  runner: {
    why: "the runner's own reports: logs, artifacts, caches, actions",
    hosts: ["*.actions.githubusercontent.com", "codeload.github.com", ...RESULT_STORES],
  },
};

const network = (text: string): Target => {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(`no network: ${text}`);
  const { version, value, length } = parsed;
  return { kind: "network", network: { version, value, length } };
};

const host = (text: string): Target =>
  text.startsWith("*.") ? { kind: "subdomains", parent: text.slice(2) } : { kind: "host", name: text };

/** Why the rules of a set exist, in half a sentence. */
export const reasonOf = (set: DefaultSet): string => SETS[set].why;

/** The rules of these sets; of all of them where none are named. */
export const defaultRules = (sets: readonly DefaultSet[] = DEFAULT_SETS): Rule[] =>
  sets.flatMap((set) => {
    const common = { place: undefined, set, request: undefined } as const;
    const { networks = [], hosts = [] } = SETS[set];
    return [
      ...networks.map((text): Rule => ({ ...common, text, target: network(text), port: "any", protocol: "any" })),
      ...hosts.map((text): Rule => ({ ...common, text, target: host(text), port: 443, protocol: "tcp" })),
    ];
  });

const ends = (prefix: string, suffix: string): Target => ({ kind: "ends", prefix, suffix });

/** What Harden-Runner's agent allows by itself (addImplicitEndpoints, firewall.go). `telemetry` is off only by its input. */
export const hardenRunnerImplicit = (telemetry = true): Rule[] => {
  const common = { place: undefined, set: "implicit", request: undefined } as const;
  const named = (text: string, target: Target): Rule => ({ ...common, text, target, port: 443, protocol: "tcp" });
  const hosts = ["codeload.github.com", "actions-results-receiver-production.githubapp.com"];
  const own = telemetry ? ["agent.api.stepsecurity.io", "prod.app-api.stepsecurity.io"] : [];
  return [
    named("*.actions.githubusercontent.com", ends("", ".actions.githubusercontent.com.")),
    named("productionresultssa*.blob.core.windows.net", ends("productionresultssa", ".blob.core.windows.net.")),
    ...[...hosts, ...own].map((name) => named(name, { kind: "host", name })),
    ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((text): Rule => ({
      ...common,
      text,
      target: network(text),
      port: "any",
      protocol: "any",
    })),
    ...["168.63.129.16", "169.254.169.254"].map((text): Rule => ({
      ...common,
      text,
      target: network(text),
      port: "any",
      protocol: "tcp",
    })),
  ];
};
