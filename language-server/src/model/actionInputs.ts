// The inputs of step-security/harden-runner, as its action.yml has them (b09bb98, v2.20).

import { nearestName } from "../../../collector/policy/nearestName.ts";

export const INPUTS = [
  "allowed-endpoints",
  "egress-policy",
  "token",
  "disable-telemetry",
  "disable-sudo",
  "disable-sudo-and-containers",
  "disable-file-monitoring",
  "policy",
  "api-key",
  "use-policy-store",
  "deploy-on-self-hosted-vm",
] as const;

export const BOOLEAN_INPUTS: ReadonlySet<string> = new Set([
  "disable-telemetry",
  "disable-sudo",
  "disable-sudo-and-containers",
  "disable-file-monitoring",
  "use-policy-store",
  "deploy-on-self-hosted-vm",
]);

/** The input that a misspelt name most likely means, whatever its case and however its words are joined. */
export const nearestInput = (wrong: string): string | undefined =>
  nearestName(wrong.toLowerCase().replaceAll(/[_ ]/g, "-"), INPUTS);
