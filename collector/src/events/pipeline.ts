// From the sensor's frames to the run's events.
import type { Policy } from "../../policy/policy.ts";
import type { JobFacts } from "../../protocol/events.ts";
import { Containers } from "../containers/containers.ts";
import { Origins } from "../containers/origins.ts";
import { UnwatchedWork } from "../containers/unwatchedWork.ts";
import type { Sender } from "../hook/sender.ts";
import type { Frame } from "../sensor/frame.ts";
import { CoverageLines } from "./coverageLines.ts";
import { DnsQueries } from "./dnsQueries.ts";
import { DnsStreams } from "./dnsStreams.ts";
import type { EventLog } from "./eventLog.ts";
import { FileEvents } from "./fileEvents.ts";
import { FirewallLogs } from "./firewallLogs.ts";
import { Flows } from "./flows.ts";
import { HostNames, namingResolvers } from "./hostNames.ts";
import { HttpMessages } from "./httpMessages.ts";
import { NameRefusals } from "./nameRefusals.ts";
import type { Process } from "./process.ts";
import { ProcessTable } from "./processTable.ts";
import { readProcess } from "./procfs.ts";
import { Refusals } from "./refusals.ts";
import { type OnlyStep, Steps } from "./steps.ts";
import { hookWordOf, ToolCalls } from "./toolCalls.ts";
import type { ToolMessage } from "./toolMessage.ts";
import { createUserNames } from "./users.ts";
import { Verdicts } from "./verdicts.ts";
import { WorkerLog } from "./workerLog.ts";

/** Takes frames in, writes events to the log; flushing the log is the caller's part. */
export class Pipeline {
  readonly #log: EventLog;
  readonly #steps: Steps;
  readonly #processes: ProcessTable;
  readonly #containers: Containers;
  readonly #files: FileEvents;
  readonly #flows: Flows;
  readonly #dns: DnsQueries;
  readonly #dnsStreams: DnsStreams;
  readonly #http: HttpMessages;
  readonly #refusals: Refusals;
  readonly #tools: ToolCalls;
  readonly #coverage: CoverageLines;
  readonly #firewall: FirewallLogs;
  /** Loss that the sensor has told of so far; its last frame tells of all. */
  #told = 0;

  /**
   * `clock` gives milliseconds and never goes back. What belongs to no other step belongs to `only`; `job` is what the log
   * says already of the job that it belongs to. Connections, questions and requests are judged by `policy`. `limited`: not
   * the whole machine is watched.
   */
  constructor(
    log: EventLog,
    clock = (): number => performance.now(),
    only?: OnlyStep,
    job?: JobFacts,
    policy?: Policy,
    limited = false,
  ) {
    this.#log = log;
    this.#coverage = new CoverageLines(log);
    this.#firewall = new FirewallLogs(log, clock, () => this.now());
    const { calls } = this.#firewall;
    const findLog = (worker: Process): WorkerLog | undefined => this.#logOf(worker, clock);
    this.#steps = new Steps(log, { clock, findLog, only, job, onTemp: (temp, uid) => this.#firewall.below(temp, uid) });
    this.#tools = new ToolCalls(log);
    this.#containers = new Containers(clock);
    const unwatched = limited ? new UnwatchedWork(log) : undefined;
    this.#processes = new ProcessTable(log, createUserNames(), clock, this.#tools, undefined, {
      steps: this.#steps,
      containers: this.#containers,
      origins: new Origins((request, frame) => unwatched?.asked(request, frame.time)),
    });
    this.#files = new FileEvents(log, this.#processes, this.#tools, clock);
    const names = new HostNames(namingResolvers());
    const verdicts = new Verdicts(policy);
    this.#flows = new Flows(log, this.#processes, names, verdicts, clock, calls);
    this.#dns = new DnsQueries(log, this.#processes, names, verdicts, clock, calls);
    this.#http = new HttpMessages(log, this.#processes, this.#flows, verdicts, calls);
    this.#refusals = new Refusals(log, this.#processes, names, new NameRefusals(log, this.#flows), policy?.rules ?? []);
    this.#dnsStreams = new DnsStreams((message) => this.#dns.message(message));
  }

  take(frame: Frame): void {
    switch (frame.kind) {
      case "file":
        return this.#files.take(frame);
      case "cgroup":
        return this.#containers.cgroup(frame);
      case "fork":
        return this.#processes.fork(frame);
      case "step":
        return this.#processes.step(frame);
      case "exec":
        this.#files.before(frame);
        return this.#processes.exec(frame);
      case "exit":
        this.#files.before(frame);
        this.#flows.exit(frame);
        return this.#processes.exit(frame);
      case "connect":
        this.#dnsStreams.connect(frame);
        return this.#flows.connect(frame);
      case "result":
        return this.#flows.result(frame);
      case "close":
        this.#dnsStreams.close(frame.flow);
        this.#http.close(frame.flow);
        this.#flows.close(frame);
        if (frame.unread)
          this.#coverage.unreadTls(frame.time, this.#processes.find(frame.pid, frame.start)?.image.exe ?? "");
        return;
      case "dns":
        return this.#dns.message(frame);
      case "stream":
        return frame.content === "dns_tcp" ? this.#dnsStreams.bytes(frame) : this.#flows.hello(frame);
      case "http":
        return this.#http.piece(frame);
      case "denied":
        return this.#refusals.take(frame);
      case "enforcement":
        return; // The run's, not an event of what is watched: see run/enforcementWatch.ts.
      case "coverage":
        return this.#coverage.take(frame);
      case "loss":
        this.#told += frame.lost;
        return this.#log.loss(frame.ring, frame.time, frame.lost);
      case "bye":
        return this.#log.loss("output", frame.time, frame.lost - this.#told);
      case "ready":
        return this.#processes.live();
      case "hello":
        return;
    }
  }

  /**
   * Takes what a hook told at `t` (µs since the epoch): undefined, or why it is not taken; "not yet" while the sensor has
   * not told of all of them: what started them says whether they are believed.
   */
  hook(message: ToolMessage, { own, agent: key }: Sender, t: number): string | undefined {
    const agent = this.#processes.near(key.pid, key.start);
    const senders = own.flatMap(({ pid, start }) => this.#processes.near(pid, start) ?? []);
    if (agent === undefined || senders.length < own.length) return "not yet";
    const words = new Set([agent, ...senders].map(hookWordOf));
    if (words.has("refused")) return "a tool call has sent it itself";
    // Also an agent that nobody knows yet may be a part of a call.
    if (!this.#tools.knows(agent) && agent.toolJson !== "") return "a tool call may have sent it itself";
    this.#processes.acting(agent.pid, agent.start, t);
    if (!this.#tools.knows(agent)) {
      const children = [...this.#processes.childrenOf(agent)].flatMap((process) => {
        const program = readProcess(process.pid, process.start);
        return program === undefined ? [] : [{ process, program }];
      });
      if (!this.#tools.addAgent(agent, children)) return "there are too many agents";
    }
    // What was taken for a part of a call, as it started during one, has turned out to be a hook.
    for (const sender of senders) sender.toolJson = agent.toolJson;
    this.#tools.take(agent, message, t, words.has("doubtful"));
    return undefined;
  }

  /** Follows the log of the agent's own firewall at `path`, from when it appears on. */
  followFirewall(path: string): void {
    this.#firewall.follow(path);
  }

  /** Now, on the clock of the frames; µs since the epoch. */
  now(): number {
    return this.#processes.now();
  }

  /** Writes what has waited long enough and forgets what is over. Call it a few times a second. */
  tick(): void {
    this.#files.tick();
    this.#flows.tick();
    this.#dns.tick();
    this.#firewall.tick();
    this.#processes.tick();
    this.#steps.tick();
  }

  /** Nothing more will come: writes all that still waits. */
  finish(): void {
    this.#files.tick(true);
    this.#processes.tick(true);
    this.#flows.tick(true);
    this.#dns.tick(true);
    this.#firewall.tick(true);
    this.#steps.tick(true);
  }

  #logOf(worker: Process, clock: () => number): WorkerLog | undefined {
    if (worker.workerExe === undefined) return undefined;
    return new WorkerLog(worker.workerExe, this.#processes.startedAt(worker), worker.uid, clock);
  }
}
