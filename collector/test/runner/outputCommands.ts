// The commands in a step's output, as the runner reads them: a line that begins with `::name`, or has `##[name]` anywhere.

export interface OutputCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const KNOWN = new Set([
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
]);

const unescape = (text: string, table: Readonly<Record<string, string>>): string =>
  Object.entries(table).reduce((so, [escaped, character]) => so.replaceAll(escaped, character), text);

const DATA = { "%0D": "\r", "%0A": "\n", "%25": "%" };
const PROPERTY = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
const OLD = { "%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%25": "%" };

const properties = (text: string, separator: string, table: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    text
      .split(separator)
      .map((pair) => pair.trim().split(/=(.*)/s))
      .filter(([name = "", value = ""]) => name !== "" && value !== "")
      .map(([name = "", value = ""]) => [name, unescape(value, table)]),
  );

/** The command in a line; undefined for a line that is only shown. */
export const parseCommand = (line: string): OutputCommand | undefined => {
  const text = line.trimStart();
  if (text.startsWith("::")) {
    const end = text.indexOf("::", 2);
    const [name = "", rest = ""] = text.slice(2, Math.max(2, end)).split(/ (.*)/s);
    if (end >= 0 && KNOWN.has(name)) {
      return { name, properties: properties(rest, ",", PROPERTY), data: unescape(text.slice(end + 2), DATA) };
    }
  }
  const old = /##\[(\S+?)(?: ([^\]]*))?\](.*)/s.exec(line);
  if (old === null || !KNOWN.has(old[1] ?? "")) return undefined;
  return { name: old[1]!, properties: properties(old[2] ?? "", ";", OLD), data: unescape(old[3] ?? "", OLD) };
};
