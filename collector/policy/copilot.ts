// Entries of the allowlist of Copilot's own firewall (repository or organisation settings): a domain allows itself and all
// below it, a URL its scheme, host and everything that begins with its path. One entry a line, or separated by commas.
import { parseAddress } from "./addresses.ts";
import { foldHostName } from "./hostNames.ts";
import { Places, type Place } from "./words.ts";

export type CopilotEntry =
  | { readonly kind: "domain"; readonly text: string; readonly place: Place; readonly domain: string }
  | { readonly kind: "address"; readonly text: string; readonly place: Place; readonly address: string }
  | {
      readonly kind: "url";
      readonly text: string;
      readonly place: Place;
      readonly scheme: "http" | "https";
      readonly host: string;
      readonly port: number | undefined;
      readonly path: string;
    };

export interface CopilotFault {
  readonly place: Place;
  readonly message: string;
}

const readEntry = (text: string, place: Place): CopilotEntry | CopilotFault => {
  const [, scheme, host = "", port, path = ""] =
    /^(https?):\/\/([^/:?#@]+)(?::(\d{1,5}))?(\/[^?#]*)?$/i.exec(text) ?? [];
  if (scheme !== undefined) {
    const name = host.startsWith("*.") ? foldHostName(host.slice(2)) : foldHostName(host);
    if (name === undefined) return { place, message: `"${host}" is no host name` };
    const folded = host.startsWith("*.") ? `*.${name}` : name;
    const lower = scheme.toLowerCase() as "http" | "https";
    const number = port === undefined ? undefined : Number(port);
    return { kind: "url", text, place, scheme: lower, host: folded, port: number, path: path === "" ? "/" : path };
  }
  if (parseAddress(text) !== undefined) return { kind: "address", text, place, address: text };
  const domain = foldHostName(text);
  if (domain === undefined) return { place, message: `"${text}" is neither a domain nor a URL` };
  return { kind: "domain", text, place, domain };
};

/** Reads entries of the allowlist as its settings page takes them. */
export const parseCopilotList = (
  text: string,
): { readonly entries: readonly CopilotEntry[]; readonly faults: readonly CopilotFault[] } => {
  const places = new Places(text);
  const entries: CopilotEntry[] = [];
  const faults: CopilotFault[] = [];
  for (const { 0: word, index } of text.matchAll(/[^\s,]+/g)) {
    const entry = readEntry(word, places.at(index, word.length));
    if ("message" in entry) faults.push(entry);
    else entries.push(entry);
  }
  return { entries, faults };
};
