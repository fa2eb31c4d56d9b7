// What connecting asks the user for: an address, a token, and which run.
import { window, QuickPickItemKind, type QuickPickItem } from "vscode";
import type { OfferedRun } from "../stream/collectorApi.ts";
import { parseEndpoint, type Endpoint } from "../stream/endpoint.ts";
import { isToken } from "../stream/token.ts";
import { plainText } from "../views/plainText.ts";

const title = "Connect to Collector";

/** What is known of where a collector may be reached. */
export interface AddressHint {
  readonly value: string;
  /** Whole sentences that tell the user what the address is made of. */
  readonly prompt: string;
}

const noHint: AddressHint = { value: "", prompt: "Address of the collector, as `runglass record --listen` prints it" };

const typeAddress = async ({ value, prompt }: AddressHint): Promise<Endpoint | undefined> => {
  const text = await window.showInputBox({
    title,
    prompt,
    placeHolder: "http://127.0.0.1:4711 or https://host:port",
    value,
    ignoreFocusOut: true,
    validateInput: (input) => {
      if (input.trim() === "") return undefined;
      const parsed = parseEndpoint(input);
      return parsed.ok ? undefined : parsed.reason;
    },
  });
  const parsed = text === undefined ? undefined : parseEndpoint(text);
  return parsed?.ok === true ? parsed.endpoint : undefined;
};

/** Asks for the collector's address, offering the ones that were used before; undefined when the user gave up. */
export const askAddress = async (
  known: readonly string[],
  hint: AddressHint = noHint,
): Promise<Endpoint | undefined> => {
  if (known.length === 0) return await typeAddress(hint);
  const another: QuickPickItem = { label: "$(add) Another address…", alwaysShow: true };
  const items: QuickPickItem[] = [
    another,
    { label: "used before", kind: QuickPickItemKind.Separator },
    ...known.map((label) => ({ label })),
  ];
  const chosen = await window.showQuickPick(items, {
    title,
    placeHolder: "Choose the collector's address",
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  if (chosen === another) return await typeAddress(hint);
  const parsed = parseEndpoint(chosen.label);
  return parsed.ok ? parsed.endpoint : undefined;
};

/** Asks for the token; undefined when the user gave up. */
export const askToken = async (origin: string, refused: boolean): Promise<string | undefined> => {
  const text = await window.showInputBox({
    title,
    prompt: refused
      ? `${origin} refused that token. The collector prints the name of its token file when it starts.`
      : `Token of the collector at ${origin}: the content of its token file`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (input) =>
      input.trim() === "" || isToken(input.trim()) ? undefined : "A token has no spaces and only plain characters.",
  });
  const token = text?.trim();
  return token === undefined || token === "" ? undefined : token;
};

/** Asks which of several runs; the newest is first. */
export const askRun = async (runs: readonly OfferedRun[]): Promise<OfferedRun | undefined> => {
  if (runs.length === 1) return runs[0];
  const items = runs.toReversed().map((run) => ({
    label: `$(${run.ended ? "pass" : "pulse"}) ${plainText(run.title, 80).replaceAll("$(", "$ (")}`,
    description: `${run.ended ? "ended" : "live"} · ${plainText(run.id, 60)}`,
    run,
  }));
  const chosen = await window.showQuickPick(items, {
    title,
    placeHolder: "This collector has several runs: choose one",
  });
  return chosen?.run;
};
