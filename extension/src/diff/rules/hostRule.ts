// A host that was asked for, connected to or sent a request: lines that name it, sooner as a URL in code than in passing in a
// text; else lines that name another host of the same owner.
import type { Candidate } from "../changes.ts";
import type { DiffIndex, HostPlace } from "../diffIndex.ts";
import { kindOrder } from "../fileKinds.ts";
import { hostsIn, registrableDomain } from "../hostsInText.ts";
import { candidate, type Rule, type Subject } from "../subject.ts";

interface Asked {
  readonly host: string;
  /** Of a request, without its query. */
  readonly path: string | undefined;
  readonly port: number | undefined;
}

const EXACT = 0.9;
const SAME_OWNER = 0.45;
/** What is generated names what its sources name, and more. */
const IN_BUNDLE = 0.4;
const MAX_URLS = 4;

const withPort = (authority: string): { readonly host: string; readonly port: number | undefined } => {
  const match = /^(.*?)(?::(\d{1,5}))?$/.exec(authority.toLowerCase());
  return { host: match?.[1] ?? "", port: match?.[2] === undefined ? undefined : Number(match[2]) };
};

const isLocal = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");

/** The hosts that an event is about. */
const askedBy = ({ event, facts }: Subject): Asked[] => {
  switch (event.type) {
    case "net.connect": {
      const { ip, port } = event.flow.remote;
      return [{ host: (event.host?.name ?? ip).toLowerCase(), path: undefined, port }];
    }
    case "net.close": {
      const to = facts.destination(event.flow.id);
      const host = event.host?.name ?? to?.host ?? to?.ip;
      return host === undefined ? [] : [{ host: host.toLowerCase(), path: undefined, port: to?.port }];
    }
    case "dns.query":
      return [{ host: event.dns.name.toLowerCase().replace(/\.$/, ""), path: undefined, port: undefined }];
    case "http.request":
      return [{ ...withPort(event.http.host ?? ""), path: event.http.path.split("?")[0] }];
    case "firewall":
      return event.firewall.names.slice(0, MAX_URLS).map((host) => ({ ...withPort(host), path: undefined }));
    case "process.exec":
      return event.exec.argv
        .slice(0, 100)
        .flatMap((word) => (word.includes("://") ? hostsIn(word.slice(0, 2000)) : []))
        .filter(({ as }) => as === "url")
        .slice(0, MAX_URLS)
        .map(({ name, path, port }) => ({ host: name, path: path === "/" ? undefined : path, port }));
    default:
      return [];
  }
};

/** How much speaks for a line that names the very host. */
const weigh = ({ file, line, host }: HostPlace, asked: Asked): number => {
  if (host.port !== undefined && asked.port !== undefined && host.port !== asked.port) return 0.3;
  if (isLocal(asked.host) && host.port !== asked.port) return 0;
  if (file.kind === "lock" || file.kind === "generated") {
    if (asked.path !== undefined && host.path === asked.path) return 0.65;
    return file.kind === "lock" ? 0.2 : IN_BUNDLE;
  }
  if (file.kind === "docs") return 0.5;
  // An import, or an image's name: whoever fetches it goes there, and so does everybody else.
  if (host.as === "path") return 0.35;
  if (line.kind !== "added") return 0.6;
  const base = host.as === "url" ? EXACT : EXACT - 0.04;
  return file.kind === "test" ? base - 0.05 : base;
};

const fitsPath = ({ host }: HostPlace, { path }: Asked): number => {
  if (path === undefined || host.path === "/") return 0;
  return path === host.path ? 2 : path.startsWith(host.path) ? 1 : -1;
};

const exactly = (asked: Asked, diff: DiffIndex, ran: ReadonlySet<string>): Candidate[] => {
  const weighed = (diff.hosts.get(asked.host) ?? [])
    .map((place) => ({
      place,
      weight: weigh(place, asked),
      fit: fitsPath(place, asked),
      isRun: ran.has(place.file.path),
    }))
    .filter(({ weight }) => weight > 0)
    .sort(
      (a, b) =>
        Number(b.weight >= 0.8) - Number(a.weight >= 0.8) ||
        b.fit - a.fit ||
        Number(b.isRun) - Number(a.isRun) ||
        kindOrder[a.place.file.kind] - kindOrder[b.place.file.kind] ||
        b.weight - a.weight,
    );
  const [best, next] = weighed;
  // Several lines that say the same: the first is a choice, not knowledge.
  const isSure =
    next === undefined ||
    best === undefined ||
    next.weight < best.weight - 0.2 ||
    next.fit < best.fit ||
    (best.isRun && !next.isRun);
  const rival =
    next !== undefined && best !== undefined && kindOrder[next.place.file.kind] > kindOrder[best.place.file.kind];
  return weighed.slice(0, 5).map(({ place, weight }, i) => {
    const score = i > 0 ? Math.min(weight, 0.72) - i * 0.03 : isSure ? weight : Math.min(weight, rival ? 0.82 : 0.76);
    return candidate(place.file, place.line, score, "host", `names “${asked.host}”`);
  });
};

const ofSameOwner = (asked: Asked, diff: DiffIndex): Candidate[] => {
  if (!asked.host.includes(".") || /^[\d.:]+$/.test(asked.host)) return [];
  return (diff.domains.get(registrableDomain(asked.host)) ?? [])
    .filter(
      ({ file, host }) =>
        host.as !== "path" && file.kind !== "docs" && file.kind !== "lock" && file.kind !== "generated",
    )
    .slice(0, 3)
    .map(({ file, line, host }, i) =>
      candidate(file, line, SAME_OWNER - i * 0.03, "host", `names “${host.name}”, of the same domain`),
    );
};

/** `ran`: files of the diff that the event's process runs. */
export const hostRule = (ran: ReadonlySet<string>): Rule => {
  return (subject, diff) =>
    askedBy(subject).flatMap((asked) => {
      const found = exactly(asked, diff, ran);
      return found.length > 0 || asked.host === "" ? found : ofSameOwner(asked, diff);
    });
};
