// Server-Sent Events framing of a run's events (WHATWG HTML, section 9.2): `id:` is the seq, `event:` the type, and
// `data:` the JSON line as it stands in the log. JSON text has no raw CR or LF, so one `data:` line always holds it.

/** The comment that keeps an idle connection open through proxies. */
export const KEEP_ALIVE = ": keep-alive\n\n";

/** One message; `line` is the event's JSON without its line end. Throws on a line that would break the framing. */
export const sseMessage = (seq: number, type: string, line: string): string => {
  if (/[\r\n]/.test(line) || /[\r\n]/.test(type)) throw new Error("an event's JSON and type must be one line each");
  return `id: ${seq}\nevent: ${type}\ndata: ${line}\n\n`;
};
