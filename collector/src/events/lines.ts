// The JSON of the frequent events behind their `"type"`: fields in a fixed order, built by hand for speed. What comes
// in is masked already.
import { containerFields } from "../containers/container.ts";
import type { CoverageState, FileOp, HostSource } from "../../protocol/events.ts";
import type { FirewallEntry } from "../../protocol/firewallLog.ts";
import { quote, timeText } from "./json.ts";
import type { Process } from "./process.ts";
import type { Call } from "./recentCalls.ts";

/** What every event of a process begins with: its id, and whose doing it is. */
const subject = (process: Process, toolJson = process.toolJson, stepJson = process.stepJson): string =>
  `,"process":${process.idJson}${stepJson}${toolJson}`;

/** `,"process":…,"exec":{…}` of a process that execs, was there before, or (`forked`) acts in its parent's program. */
export const execFields = (
  process: Process,
  parent: string | undefined,
  user: string | undefined,
  mark: "" | "forked" | "existing",
): string =>
  `${subject(process)},"exec":{"id":${process.idJson},"pid":${process.pid},"ppid":${process.ppid}` +
  (parent === undefined ? "" : `,"parent":${parent}`) +
  `,${mark === "forked" ? process.image.forkJson : process.image.json},"uid":${process.uid}` +
  (user === undefined ? "" : `,"user":${quote(user)}`) +
  containerFields(process.container, process.insidePid) +
  (mark === "" ? "}" : `,"${mark}":true}`);

export const exitFields = (process: Process, code: number, signal: number, durationUs: number): string =>
  `${subject(process)},"exit":{"code":${code},"signal":${signal},"durationUs":${durationUs}}`;

export interface Host {
  readonly name: string;
  readonly source: HostSource;
}
const hostField = (host: Host | undefined): string =>
  host === undefined ? "" : `,"host":{"name":${quote(host.name)},"source":"${host.source}"}`;

export interface ConnectFields {
  readonly flow: string;
  readonly protocol: "tcp" | "udp";
  readonly remoteIp: string;
  readonly remotePort: number;
}
export interface LocalEnd {
  readonly localIp: string;
  readonly localPort: number;
}
/** `toolJson`: as it was when the process connected; `verdict`: the JSON of what the policy says. */
export const connectFields = (
  process: Process | undefined,
  toolJson: string,
  c: ConnectFields,
  local: LocalEnd,
  host: Host | undefined,
  result: string,
  verdict: string,
): string =>
  `${process === undefined ? "" : subject(process, toolJson)},"flow":{"id":"${c.flow}","protocol":"${c.protocol}"` +
  `,"local":{"ip":"${local.localIp}","port":${local.localPort}}` +
  `,"remote":{"ip":"${c.remoteIp}","port":${c.remotePort}}}` +
  hostField(host) +
  verdict +
  `,"result":"${result}"`;

export const closeFields = (
  process: Process,
  close: { readonly flow: string; readonly sent: number; readonly received: number; readonly durationUs: number },
  result: string | undefined,
  host?: Host,
  verdict = "",
): string =>
  `${subject(process)},"flow":{"id":"${close.flow}"},"bytesSent":${close.sent}` +
  `,"bytesReceived":${close.received},"durationUs":${close.durationUs}` +
  (result === undefined ? "" : `,"result":"${result}"`) +
  hostField(host) +
  verdict;

export interface DnsFields {
  readonly name: string;
  readonly qtype: string;
  readonly transport: "udp" | "tcp";
  readonly serverIp: string;
  readonly serverPort: number;
  readonly rcode: string | undefined;
  readonly answers: readonly string[];
}
/** `process`: undefined where nobody knows who has asked. */
export const dnsFields = (process: Process | undefined, dns: DnsFields, verdict: string): string =>
  `${process === undefined ? "" : subject(process)},"dns":{"name":${quote(dns.name)},"qtype":"${dns.qtype}","transport":"${dns.transport}"` +
  `,"server":{"ip":"${dns.serverIp}","port":${dns.serverPort}}` +
  (dns.rcode === undefined ? "" : `,"rcode":"${dns.rcode}"`) +
  `,"answers":[${dns.answers.map(quote).join(",")}]}${verdict}`;

export interface RequestFields {
  readonly method: string;
  readonly host: string | undefined;
  readonly path: string;
  readonly version: string;
  /** The library that encrypts it, or `none`. */
  readonly tls: string;
}
/** `flow`: undefined where it is not known. */
export const requestFields = (
  process: Process,
  http: RequestFields,
  flow: string | undefined,
  verdict: string,
): string =>
  `${subject(process)},"http":{"method":${quote(http.method)}` +
  (http.host === undefined ? "" : `,"host":${quote(http.host)}`) +
  `,"path":${quote(http.path)},"version":"${http.version}","tls":"${http.tls}"}` +
  (flow === undefined ? "" : `,"flow":{"id":"${flow}"}`) +
  verdict;

export const responseFields = (process: Process, request: number, status: number): string =>
  `${subject(process)},"request":${request},"status":${status}`;

export interface FileFields {
  readonly op: FileOp;
  readonly path: string;
  /** Empty where there is none. */
  readonly from: string;
  readonly count: number;
  readonly partial: boolean;
}
const countField = (count: number): string => (count === 1 ? "" : `,"count":${count}`);

export const fileFields = (process: Process, toolJson: string, file: FileFields, stepJson = process.stepJson): string =>
  `${subject(process, toolJson, stepJson)},"file":{"op":"${file.op}","path":${quote(file.path)}` +
  (file.from === "" ? "" : `,"from":${quote(file.from)}`) +
  (file.partial ? ',"partial":true}' : "}") +
  countField(file.count);

/** Many files, as `file.files` and what goes with it have them. */
export interface FoldedFiles {
  /** The directory that all are below. */
  readonly path: string;
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Undefined where it is one for all. */
  readonly counts: readonly number[] | undefined;
  readonly froms: readonly string[] | undefined;
}
export interface FoldedFields extends FoldedFiles {
  readonly toolJson: string;
  readonly stepJson: string;
  readonly op: FileOp;
  readonly until: number;
  readonly count: number;
}
const quoteAll = (texts: readonly string[]): string => texts.map(quote).join(",");

/** Of many files at once. */
export const foldedFields = (process: Process, folded: FoldedFields): string => {
  const files = [...folded.files].map(([directory, names]) => `${quote(directory)}:[${quoteAll(names)}]`);
  return (
    `${subject(process, folded.toolJson, folded.stepJson)},"file":{"op":"${folded.op}","path":${quote(folded.path)}` +
    `,"files":{${files.join(",")}}` +
    (folded.counts === undefined ? "" : `,"counts":[${folded.counts.join(",")}]`) +
    (folded.froms === undefined ? "" : `,"froms":[${quoteAll(folded.froms)}]`) +
    `},"until":${timeText(folded.until)}${countField(folded.count)}`
  );
};

export interface ReadFields {
  readonly path: string;
  readonly kind: string;
  /** `idJson` of the process that a file in /proc is of; undefined where there is none. */
  readonly owner: string | undefined;
  readonly count: number;
  readonly partial: boolean;
}
export const readFields = (process: Process, toolJson: string, file: ReadFields): string =>
  `${subject(process, toolJson)},"file":{"path":${quote(file.path)},"kind":${quote(file.kind)}` +
  (file.owner === undefined ? "" : `,"owner":${file.owner}`) +
  (file.partial ? ',"partial":true}' : "}") +
  countField(file.count);

export interface FindingFields {
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly evidence: readonly number[];
}
/** `process`: undefined where nobody knows whose doing it was. */
export const findingFields = (process: Process | undefined, finding: FindingFields): string =>
  `${process === undefined ? "" : subject(process)},"finding":{"rule":${quote(finding.rule)},"severity":${quote(finding.severity)}` +
  `,"title":${quote(finding.title)},"evidence":[${finding.evidence.join(",")}]}`;

/** `target`: the library or program that it is about; empty where it is about none. */
export const coverageFields = (hook: string, state: CoverageState, reason: string, target = ""): string =>
  `,"hook":${quote(hook)},"state":"${state}"${target === "" ? "" : `,"target":${quote(target)}`}` +
  (reason === "" ? "" : `,"reason":${quote(reason)}`);

export interface Refusal {
  readonly rule: string | undefined;
  readonly reason: string;
  /** The entry that would have allowed it. */
  readonly allowedBy: string | undefined;
  readonly count: number;
}
/** What stands in the place of a verdict where the kernel has refused something. */
export const refusalFields = ({ rule, reason, allowedBy, count }: Refusal): string =>
  `,"verdict":"blocked"${rule === undefined ? "" : `,"rule":${quote(rule)}`},"reason":"${reason}"` +
  (allowedBy === undefined ? "" : `,"allowedBy":${quote(allowedBy)}`) +
  countField(count);

export const enforcementFields = (armed: boolean, reason: string): string =>
  `,"armed":${armed},"reason":${quote(reason)}`;

/** Of a call of the agent `process`; `info` is the JSON of its `toolInfo`. */
export const toolFields = (process: Process, toolJson: string, info: string, ok: boolean | undefined): string =>
  `${subject(process, toolJson)},"toolInfo":${info}${ok === undefined ? "" : `,"ok":${ok}`}`;

const textField = (name: string, value: string): string => (value === "" ? "" : `,"${name}":${quote(value)}`);

/** Of an entry of the agent's firewall's log, masked; `call`: our own event that it is about. */
export const firewallFields = (entry: FirewallEntry, call: Call | undefined): string => {
  const { verdict, at, ip, originalIp, port } = entry;
  const isRedirect = verdict === "redirected";
  const asked = originalIp === "" && !isRedirect ? ip : originalIp;
  const server =
    isRedirect && ip !== "" ? `,"server":{"ip":"${ip}"${port === undefined ? "" : `,"port":${port}`}}` : "";
  const address = asked === "" ? "" : `,"address":"${asked}"`;
  // Whom it is about, in the firewall's words, where we do not know better.
  const said =
    call === undefined
      ? (entry.pid === undefined ? "" : `,"pid":${entry.pid}`) + textField("command", entry.command)
      : "";
  return (
    (call === undefined ? "" : subject(call.process, call.toolJson)) +
    `,"firewall":{"verdict":"${verdict}","at":"${at}","names":[${entry.names.map(quote).join(",")}]` +
    address +
    (isRedirect || port === undefined ? "" : `,"port":${port}`) +
    server +
    textField("url", entry.url) +
    textField("reason", entry.because) +
    textField("rule", entry.rule) +
    `${said}}` +
    (call?.flow === undefined ? "" : `,"flow":{"id":"${call.flow}"}`) +
    (call === undefined ? "" : `,"about":${call.seq}`)
  );
};
