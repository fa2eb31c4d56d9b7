// The benchmark's tables, by client and by kind of request, and its targets.
import type { Verdict } from "./judge.ts";
import { connectionKey, type Polled } from "./portPolling.ts";
import { partsOf, type Asked } from "./truth.ts";
import type { Endpoint } from "../../test/sample/servers/truth.ts";

/** Requests whose library is not hooked, as collector/README.md "Limits" says; they count for process, step and host only. */
export const UNREAD: Readonly<Record<string, (verdict: Verdict) => boolean>> = {
  "the first use of a library": ({ client, asked }) => client === "first-use" && asked.tls,
};

const isRead = (verdict: Verdict): boolean => !Object.values(UNREAD).some((fits) => fits(verdict));

const share = (part: number, whole: number): string => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);

const endIn = ({ ip, port }: Endpoint): string => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`);

const polledOf = ({ client, server }: Asked, polled: ReadonlyMap<string, Polled>): Polled | undefined =>
  polled.get(connectionKey(endIn(client), endIn(server)));

type Row = Readonly<Record<string, string | number>>;

const rowOf = (name: string, verdicts: readonly Verdict[], polled: ReadonlyMap<string, Polled>): Row => {
  const of = (right: (verdict: Verdict) => boolean): string => share(verdicts.filter(right).length, verdicts.length);
  return {
    of: name,
    requests: verdicts.length,
    process: of((one) => one.process),
    step: of((one) => one.step),
    host: of((one) => one.host),
    "method, path": of((one) => one.request),
    status: of((one) => one.status),
    "ss: process": of(({ asked }) => polledOf(asked, polled)?.pid === asked.pid),
    "ss: step": of(({ asked }) => polledOf(asked, polled)?.step === partsOf(asked.label ?? "").step),
    "capture: method, path": of(({ asked }) => !asked.tls),
  };
};

const kindOf = (verdict: Verdict): string => {
  const unread = Object.entries(UNREAD).find(([, fits]) => fits(verdict));
  const version = verdict.asked.version === "2" ? "HTTP/2" : "HTTP/1.x";
  return unread?.[0] ?? `${version} in ${verdict.asked.tls ? "TLS" : "clear text"}`;
};

/** One row for each group of requests, by the group's name, and one for all. */
const rowsBy = (
  nameOf: (verdict: Verdict) => string,
  verdicts: readonly Verdict[],
  polled: ReadonlyMap<string, Polled>,
): Row[] => {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const name = nameOf(verdict);
    groups.set(name, [...(groups.get(name) ?? []), verdict]);
  }
  return [...[...groups].map(([name, of]) => rowOf(name, of, polled)), rowOf("all", verdicts, polled)];
};

export const tableByClient = (verdicts: readonly Verdict[], polled: ReadonlyMap<string, Polled>): Row[] =>
  rowsBy(({ client }) => client, verdicts, polled);

export const tableByKind = (verdicts: readonly Verdict[], polled: ReadonlyMap<string, Polled>): Row[] =>
  rowsBy(kindOf, verdicts, polled);

interface Target {
  readonly what: string;
  readonly right: number;
  readonly of: number;
  readonly share: string;
  readonly target: string;
  readonly verdict: "met" | "MISSED";
}

const targetOf = (what: string, right: number, of: number, atLeast: number): Target => ({
  what,
  right,
  of,
  share: share(right, of),
  target: `≥ ${100 * atLeast} %`,
  verdict: of > 0 && right / of >= atLeast ? "met" : "MISSED",
});

export const targetsOf = (verdicts: readonly Verdict[], invented: number): Target[] => {
  const count = (of: readonly Verdict[], right: (verdict: Verdict) => boolean): number => of.filter(right).length;
  const read = verdicts.filter(isRead);
  const all = verdicts.length;
  return [
    targetOf(
      "right process",
      count(verdicts, (one) => one.process),
      all,
      1,
    ),
    targetOf(
      "right step",
      count(verdicts, (one) => one.step),
      all,
      0.995,
    ),
    targetOf(
      "right host",
      count(verdicts, (one) => one.host),
      all,
      0.99,
    ),
    targetOf(
      "right method and path, where hooked",
      count(read, (one) => one.request),
      read.length,
      0.98,
    ),
    {
      what: "invented requests",
      right: invented,
      of: all,
      share: share(invented, all),
      target: "none",
      verdict: invented === 0 ? "met" : "MISSED",
    },
  ];
};

/** One line for each request of which something that should be right is not. */
export const describeMiss = (verdict: Verdict): string[] => {
  const { asked, told, process, step, host, request } = verdict;
  const wrong = Object.entries({ process, step, host, request: request || !isRead(verdict) }).flatMap(
    ([name, right]) => (right ? [] : [name]),
  );
  if (wrong.length === 0) return [];
  const what = `${asked.method} ${asked.tls ? "https" : "http"}://${asked.host}${asked.path} (HTTP/${asked.version})`;
  const from = `${asked.label ?? "?"}, pid ${asked.pid}, port ${asked.client.port}, answered ${asked.status}`;
  return [`wrong ${wrong.join(", ")}: ${what} of ${from}; told: ${JSON.stringify(told)}`];
};
