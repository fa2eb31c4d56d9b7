// A list as StepSecurity's Harden-Runner reads it: the open agent v0.16.2 (config.go, dnsproxy.go, agent.go, firewall.go),
// which splits at U+0020 only, each piece at its colons, and takes what Go's Atoi makes of the second part. What goes wrong
// with that is not corrected here, but told. The closed agents are said to read the same lists; how exactly is not known.
import { parseAddress, parseNetwork } from "./addresses.ts";
import { foldHostName } from "./hostNames.ts";
import type { Effect, Policy, Problem, Rule, Target } from "./policy.ts";
import { parsePort } from "./faults.ts";
import { Places, within, type Place } from "./words.ts";

/** Nothing has this port: what the agent takes where it cannot read one. */
export const NO_PORT = 0;

interface Piece {
  readonly text: string;
  readonly place: Place;
}

const piecesOf = (text: string): Piece[] => {
  const places = new Places(text);
  return [...text.matchAll(/[^ ]+/g)].map(({ 0: piece, index }) => ({
    text: piece,
    place: places.at(index, piece.length),
  }));
};

/** Go's strconv.Atoi with its error dropped: 0 for what is no number, the nearest 64-bit number for what is too large. */
const atoi = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) return 0;
  const value = BigInt(text.replace(/^\+/, ""));
  const limit = 2n ** 63n;
  return Number(value >= limit ? limit - 1n : value < -limit ? -limit : value);
};

/** Names that no resolver of the internet answers for, whatever stands in front of them. */
const PRIVATE_SUFFIX = /(?:^|\.)(?:internal|local|localhost|test|invalid|example|onion|home\.arpa)$/i;

/** Why the agent's resolver will find no IPv4 address for a host that it must resolve; undefined where it may. */
const unresolvable = (host: string): string | undefined => {
  if (parseAddress(host) !== undefined) return "an address is asked for as if it were a name";
  if (parseNetwork(host) !== undefined) return "a network is asked for as if it were a name";
  const name = foldHostName(host);
  if (name === undefined) return "this is no host name";
  if (!name.includes(".")) return "a single word is no host name of the internet";
  if (/(?:^|\.)_/.test(host)) return "this is the name of a service record, not of a host";
  return PRIVATE_SUFFIX.test(name) ? "no public resolver knows names below this domain" : undefined;
};

const targetOf = (host: string): Target => {
  if (!host.includes("*")) return { kind: "host", name: host.replace(/\.$/, "") };
  // With the dot that the agent puts behind each name.
  const [prefix = "", suffix = ""] = `${host.replace(/\.$/, "")}.`.split("*");
  return { kind: "ends", prefix, suffix };
};

/** A part of a piece; the whole of it where the part is empty. */
const part = (place: Place, start: number, length: number): Place =>
  length === 0 ? place : within(place, start, length);

class Reading {
  readonly rules: Rule[] = [];
  readonly problems: Problem[] = [];
  readonly #firstPort = new Map<string, number>();

  say(code: string, effect: Effect, place: Place, message: string, instead?: string): void {
    this.problems.push({ code, effect, place, message, instead });
  }

  take(piece: Piece): void {
    const { text, place } = piece;
    const parts = text.split(":");
    const [host = "", portText] = parts;
    const glued = this.#glued(piece, host);
    let port = portText === undefined ? 443 : atoi(portText);
    if (portText !== undefined) this.#judgePort(place, host.length + 1, portText, port);
    if (parts.length > 2 && !glued) {
      const rest = within(place, host.length + 1 + (portText?.length ?? 0));
      this.say("more-colons", "ignored", rest, "what follows the second colon is ignored");
    }
    if (host.includes("*")) port = this.#wildcard(piece, host, port);
    else this.#judgeHost(piece, host);
    const reached = port > 0 && port <= 65_535 ? port : NO_PORT;
    const rule = { text, place, set: undefined, protocol: "tcp", request: undefined } as const;
    this.rules.push({ ...rule, target: targetOf(host), port: reached });
  }

  /** Says what becomes of entries that something else than a blank separates: to the agent they are one. */
  #glued({ text, place }: Piece, host: string): boolean {
    const blank = /[^\S ]/.exec(text);
    const entries = text.split(/\s+/).filter((entry) => entry !== "");
    if (blank === null || entries.length < 2) return false;
    const what = `a ${blank[0] === "\t" ? "tab" : "line end"} does not separate entries`;
    const instead = entries.join(" ");
    if (/\s/.test(host)) {
      const message = `${what}: the agent cannot resolve what it takes for one name, and its whole enforcement is gone`;
      this.say("newline-separated", "reverts", place, message, instead);
    } else {
      const message = `${what}: the agent reads "${host}" with port 0 and loses the ${entries.length - 1} behind it`;
      this.say("newline-separated", "lost", place, message, instead);
    }
    return true;
  }

  #judgePort(place: Place, start: number, portText: string, port: number): void {
    if (/\s/.test(portText) || parsePort(portText) === port) return;
    const at = part(place, start, portText.length);
    if (port < 0 || port > 65_535) {
      this.say("invalid-port", "reverts", at, `there is no port ${portText}: the firewall refuses the rule`);
    } else if (port === 0) {
      this.say("invalid-port", "lost", at, `"${portText}" is read as port 0, which nothing uses`);
    }
  }

  #judgeHost({ place }: Piece, host: string): void {
    if (/\s/.test(host)) return;
    const why = unresolvable(host);
    if (why === undefined) {
      const lower = host.toLowerCase();
      if (lower !== host) {
        const message = "names are compared by case: programs ask in lower case";
        this.say("uppercase", "lost", within(place, 0, host.length), message, lower);
      }
      return;
    }
    const message = `${why}: the agent cannot resolve "${host}" and takes its whole enforcement back`;
    this.say("unresolvable", "reverts", part(place, 0, host.length), message);
  }

  /** @returns the port that counts: the first one given for this very pattern */
  #wildcard({ place }: Piece, host: string, port: number): number {
    const at = within(place, 0, host.length);
    const { prefix, suffix } = targetOf(host) as Extract<Target, { kind: "ends" }>;
    if (host.split("*").length > 2) {
      this.say(
        "second-wildcard",
        "wide",
        at,
        "all from the second * on is ignored: what stands between the two decides",
      );
    } else if (suffix === "." || prefix !== "" || !suffix.startsWith(".")) {
      const what = `every name that begins with "${prefix}" and ends with "${suffix.slice(0, -1)}"`;
      this.say("wide-wildcard", "wide", at, `it allows ${what}, whoever owns it`);
    }
    const first = this.#firstPort.get(host);
    if (first === undefined) this.#firstPort.set(host, port);
    else if (first !== port) {
      this.say("wildcard-port", "lost", at, `only the first port of a wildcard counts, which is ${first}`);
    }
    return first ?? port;
  }
}

/** Reads a list as that agent does. It takes anything; `problems` says what it makes of it. */
export const parseHardenRunner = (text: string, implicit: readonly Rule[] = []): Policy => {
  const reading = new Reading();
  // The Action trims its input before the agent sees it.
  for (const piece of piecesOf(text)) {
    const trimmed = trimPiece(piece, text);
    if (trimmed !== undefined) reading.take(trimmed);
  }
  return { dialect: "harden-runner", rules: [...reading.rules, ...implicit], problems: reading.problems };
};

/** A piece without the white space that the Action takes off both ends of the whole list. */
const trimPiece = ({ text, place }: Piece, list: string): Piece | undefined => {
  const end = place.offset + text.length;
  const last = list.slice(end).trim() === "";
  const first = list.slice(0, place.offset).trim() === "";
  const tailless = last ? text.trimEnd() : text;
  const bare = first ? tailless.trimStart() : tailless;
  if (bare === text) return { text, place };
  if (bare === "") return undefined;
  const cut = tailless.length - bare.length;
  const places = new Places(list);
  return { text: bare, place: places.at(place.offset + cut, bare.length) };
};
