// How the open agent (v0.16.2) reads a list, written down anew from the description of its grammar and from nothing of ours, so
// that what we make of it can be held against it.

export interface AgentReading {
  /** Entries as the agent sees them: `host:port`, port 0 where it cannot read one. */
  readonly entries: readonly string[];
  /** May a connection to this name and port pass? Where several wildcards fit, any of them may decide. */
  readonly allows: (name: string, port: number) => boolean;
}

const readPort = (text: string | undefined): number => {
  if (text === undefined) return 443;
  let digits = text;
  let sign = 1;
  if (digits.startsWith("+") || digits.startsWith("-")) {
    sign = digits.startsWith("-") ? -1 : 1;
    digits = digits.slice(1);
  }
  if (digits === "") return 0;
  for (const digit of digits) if (digit < "0" || digit > "9") return 0;
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER) * sign;
};

const withDot = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

/** Reads the text of an input, as the runner gives it. */
export const agentReads = (input: string): AgentReading => {
  const names = new Map<string, number[]>();
  const patterns = new Map<string, number[]>();
  const entries: string[] = [];
  for (const item of input.trim().split(" ")) {
    if (item === "") continue;
    const [host = "", port] = item.split(":");
    const number = readPort(port);
    entries.push(`${host}:${number > 0 && number < 65_536 ? number : 0}`);
    const table = host.indexOf("*") >= 0 ? patterns : names;
    const key = withDot(host);
    table.set(key, [...(table.get(key) ?? []), number]);
  }
  return {
    entries,
    allows: (name, port) => {
      const asked = withDot(name);
      const listed = names.get(asked);
      if (listed !== undefined) return listed.includes(port);
      for (const [pattern, ports] of patterns) {
        const [front = "", back = ""] = pattern.split("*");
        if (asked.startsWith(front) && asked.endsWith(back) && ports[0] === port) return true;
      }
      return false;
    },
  };
};
