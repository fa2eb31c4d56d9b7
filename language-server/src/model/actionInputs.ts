// The inputs of step-security/harden-runner, as its action.yml has them (b09bb98, v2.20).

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

const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
};

/** The name that `wrong` most likely means; undefined where none is near. */
export const nearestName = (wrong: string, known: readonly string[]): string | undefined => {
  const folded = wrong.toLowerCase().replaceAll(/[_ ]/g, "-");
  let best: string | undefined;
  let least = Math.max(2, Math.floor(folded.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(folded, name);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
};
