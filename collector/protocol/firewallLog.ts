// The log of the agent's own firewall (`fw.jsonl`): one JSON object a line, of two kinds that say something of a connection.
// Pure. The file can be written by whom it speaks about, so nothing is believed to be what it should be: a line that does
// not fit gives nothing, and every text is bounded. Masking is left to who writes it anywhere.

/** Where the firewall looked: at a name that was asked for, a request, or a packet. */
export type FirewallPoint = "dns" | "http" | "packet";

export interface FirewallEntry {
  /** What became of it; `redirected`: sent to the firewall's own server first. */
  readonly verdict: "allowed" | "blocked" | "redirected";
  readonly at: FirewallPoint;
  /** µs since the epoch; undefined where the line does not say. */
  readonly time: number | undefined;
  /** In a word of the firewall's (`NotInAllowList`), as all texts here empty where it does not say. */
  readonly because: string;
  readonly rule: string;
  /** Of hosts: lower case, without the dot of the root. */
  readonly names: readonly string[];
  /** Undefined where the firewall does not know whose doing it was. */
  readonly pid: number | undefined;
  readonly command: string;
  /** As the packet has it: of a redirected one, the firewall's server. */
  readonly ip: string;
  /** As the program wanted it. */
  readonly originalIp: string;
  readonly port: number | undefined;
  readonly url: string;
}

const LIMITS = { line: 1 << 16, text: 512, url: 2048, names: 16, name: 253 } as const;

type Fields = Readonly<Record<string, unknown>>;

const textOf = (fields: Fields, names: readonly string[], most: number = LIMITS.text): string => {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === "string" && value !== "") return value.slice(0, most);
  }
  return "";
};

const numberOf = (value: unknown, least: number, most: number): number | undefined => {
  const number = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined;
};

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^(?=.*:)[\da-f:]{2,39}$/;

const addressOf = (value: unknown): string => {
  const text = typeof value === "string" ? value.toLowerCase() : "";
  return IPV4.test(text) || IPV6.test(text) ? text : "";
};

const NAME = /^[a-z0-9_*](?:[a-z0-9_.*-]*[a-z0-9_])?$/;

/** Some lines have one name, some several with commas or blanks between them, some a word that is none. */
const namesOf = (text: string): string[] => {
  const names = new Set<string>();
  for (const word of text.split(/[\s,]+/, LIMITS.names)) {
    const name = word
      .toLowerCase()
      .replace(/:\d{1,5}$/, "")
      .replace(/\.$/, "");
    if (name.length <= LIMITS.name && NAME.test(name) && name !== "none" && name !== "unknown") names.add(name);
  }
  return [...names];
};

const POINTS = new Set<unknown>(["dns", "http", "packet"] satisfies FirewallPoint[]);
const isPoint = (value: unknown): value is FirewallPoint => POINTS.has(value);

const timeOf = (value: unknown): number | undefined => {
  const ms = typeof value === "string" && value.length <= 40 ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? Math.round(ms * 1000) : undefined;
};

/** Of one that was sent elsewhere, `undefined` for all that says nothing of a connection. */
const verdictOf = (fields: Fields): Pick<FirewallEntry, "verdict" | "at"> | undefined => {
  const { blocked, blockedAt, eventType } = fields;
  if (typeof blocked === "boolean" && isPoint(blockedAt)) {
    return { verdict: blocked ? "blocked" : "allowed", at: blockedAt };
  }
  const redirect =
    typeof eventType === "string" ? /^(dns|http) redirect$/i.exec(eventType)?.[1]?.toLowerCase() : undefined;
  return isPoint(redirect) ? { verdict: "redirected", at: redirect } : undefined;
};

/** Reads a line. Undefined for one that says nothing of a connection, or is cut, or no line of such a log at all. */
export const parseFirewallLine = (line: string): FirewallEntry | undefined => {
  if (line.length > LIMITS.line || !line.startsWith("{")) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const known = fields as Fields;
  const what = verdictOf(known);
  if (what === undefined) return undefined;
  const entry: FirewallEntry = {
    ...what,
    time: timeOf(known["time"]),
    because: textOf(known, ["because", "reason"]),
    rule: textOf(known, ["ruleSourceComment", "explaination", "ruleSource"]),
    names: namesOf(textOf(known, ["domains", "domain"], LIMITS.url)),
    // 0 and -1 are the firewall's words for "nobody knows".
    pid: numberOf(known["pid"], 1, 4_194_304),
    command: textOf(known, ["cmd"]),
    ip: addressOf(known["ip"]),
    originalIp: addressOf(known["originalIp"]),
    port: numberOf(known["port"], 0, 65_535),
    url: textOf(known, ["url"], LIMITS.url),
  };
  const isAbout = entry.names.length > 0 || entry.ip !== "" || entry.originalIp !== "" || entry.url !== "";
  return isAbout ? entry : undefined;
};
