// Keeps a run: the collector, the uploader, and what was taken away from the user of the steps, until the job's last step
// says that it is over. It runs as root for the whole job and outlives every step.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { artifactKey } from "../../protocol/artifactNames.ts";
import { decodeLine, isKnownEvent } from "../../protocol/decode.ts";
import { messageOf, UserError } from "../errors.ts";
import { readStat } from "../events/procfs.ts";
import { makerName } from "../makerName.ts";
import { hookArguments, placeHooks, removeHooks, type AgentHooks } from "./agentHooks.ts";
import { collectArguments } from "./collectArguments.ts";
import { CollectorProcess } from "./collectorProcess.ts";
import { ContainerRights } from "./containerRights.ts";
import { ControlSocket } from "./controlSocket.ts";
import type { Order, Outcome, StartReport, StopReport } from "./messages.ts";
import { copyPrograms, NODE } from "./programs.ts";
import { readOutcome } from "./outcome.ts";
import { RunUploads } from "./runUploads.ts";
import { SudoRights } from "./sudoRights.ts";

const BASE = "/var/lib/runglass";
const END_PATIENCE_MS = 60_000;
const CLOSED_MS = 5_000;
const WORD_PATIENCE_MS = 15_000;
const WORD_LOOK_MS = 50;
const WORKER_LOOK_MS = 1_000;
const MOST_REFUSED_TOLD = 1_000;

type Tell = (report: StopReport) => void;

/** Nobody but root may list it; who knows a path may go through, as to the control socket. */
const makeFolder = (): string => {
  mkdirSync(BASE, { recursive: true, mode: 0o711 });
  const folder = mkdtempSync(join(BASE, `${makerName()}-`));
  chmodSync(folder, 0o711);
  return folder;
};

/** What the log says last of the policy being enforced. */
const enforcementIn = (log: string): { readonly armed: boolean; readonly reason: string } | undefined => {
  const line = readFileSync(log, "utf8")
    .split("\n")
    .findLast((text) => text.includes('"type":"enforcement"'));
  const decoded = line === undefined ? undefined : decodeLine(line);
  if (decoded?.ok !== true || !isKnownEvent(decoded.event) || decoded.event.type !== "enforcement") return undefined;
  return decoded.event;
};

/**
 * Moves this process, and so all that it starts, out of the control group that is to be watched: what is watched there may
 * be contained, and is the job's doing.
 */
const leaveCgroup = (watched: string): void => {
  const own = join(dirname(watched), makerName());
  try {
    mkdirSync(own);
    writeFileSync(join(own, "cgroup.procs"), String(process.pid));
  } catch (error) {
    throw new UserError(`input cgroup: ${watched}: cannot make a cgroup beside it: ${messageOf(error)}`, 3);
  }
};

class Keeper {
  readonly #order: Order;
  readonly #folder = makeFolder();
  readonly #log = join(this.#folder, "run.ndjson");
  readonly #programs = copyPrograms(this.#folder);
  readonly #key: string;
  readonly #sudo = new SudoRights();
  readonly #containers = new ContainerRights();
  readonly #failures: string[] = [];
  readonly #warnings: string[] = [];
  #collector: CollectorProcess | undefined;
  #control: ControlSocket | undefined;
  #uploads: RunUploads | undefined;
  #hooks: AgentHooks | undefined;
  #enforcing = false;
  #stopping = false;
  #refused = 0;
  #done: (() => void) | undefined;
  readonly done = new Promise<void>((resolve) => (this.#done = resolve));

  constructor(order: Order) {
    this.#order = order;
    const { GITHUB_JOB: job = "job", GITHUB_RUN_ATTEMPT: attempt = "1" } = order.job;
    this.#key = artifactKey(job, Number(attempt) || 1, randomBytes(4).toString("hex"));
  }

  /** Resolves when the job is watched. Throws a `UserError` where it cannot be. */
  async start(report: (message: StartReport) => void): Promise<Extract<StartReport, { kind: "ready" }>> {
    const { inputs, job, service, stopHash, user, worker } = this.#order;
    if (inputs.cgroup !== undefined) leaveCgroup(inputs.cgroup);
    const tokenFile = join(this.#folder, "token");
    const { args, warnings } = collectArguments(inputs, this.#log, tokenFile);
    const hooks = await placeHooks(this.#folder, this.#programs.hook, inputs.cgroup === undefined);
    this.#hooks = hooks;
    for (const text of warnings) report({ kind: "warning", text });
    const collector = new CollectorProcess({
      program: this.#programs.collector,
      args: [...args, ...hookArguments(hooks, user)],
      environment: { ...job, PATH: process.env["PATH"] ?? "/usr/bin:/bin", LANG: "C.UTF-8" },
      onMessage: (text) => report({ kind: "message", text }),
    });
    this.#collector = collector;
    const problem = await collector.ready;
    if (problem !== undefined) throw new UserError(problem, 3);
    const enforcing = await this.#checkEnforcement(report);
    this.#enforcing = enforcing;
    if (inputs.disableSudo) this.#sudo.take(user);
    if (inputs.disableContainers) this.#containers.take();
    void collector.ended.then((why) => {
      if (!this.#stopping) this.#failures.push(why ?? "the collector ended before the job did");
    });
    const control = join(this.#folder, "control.sock");
    this.#control = new ControlSocket({
      path: control,
      owner: user,
      stopHash,
      onStop: (tell) => void this.#stop(tell, true),
      onRefused: () => void (this.#refused = Math.min(this.#refused + 1, MOST_REFUSED_TOLD)),
    });
    await this.#control.listen();
    if (service !== undefined && inputs.upload !== "none") {
      const place = { program: this.#programs.uploader, folder: this.#folder, log: this.#log, key: this.#key };
      this.#uploads = await RunUploads.start({ ...place, service, live: inputs.upload === "live" });
    }
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        this.#failures.push(`the keeper was ended by ${signal}`);
        void this.#stop(() => undefined, false);
      });
    }
    if (worker !== undefined) this.#endWith(worker);
    const { url } = collector;
    const server = url === undefined ? undefined : { url, token: readFileSync(tokenFile, "utf8").trim(), tokenFile };
    return { kind: "ready", control, key: this.#key, enforcing, hooks, server };
  }

  /** A job whose last step never came to tell (it was cut off, or its runner died) is over all the same. */
  #endWith(worker: number): void {
    const start = readStat(worker)?.start;
    const timer = setInterval(() => {
      if (readStat(worker)?.start === start) return;
      clearInterval(timer);
      if (this.#stopping) return;
      this.#failures.push("the job ended without its last steps");
      void this.#stop(() => undefined, true);
    }, WORKER_LOOK_MS);
    timer.unref();
  }

  /** After a start that failed: nothing is left. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    this.#collector?.stop(END_PATIENCE_MS, true);
    await this.#collector?.ended;
    this.#control?.close();
    this.#uploads?.abandon();
    this.#restore();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Throws where the policy is not enforced and was to be: nothing is downgraded in silence. */
  async #checkEnforcement(report: (message: StartReport) => void): Promise<boolean> {
    const { egressPolicy, onUnenforceable } = this.#order.inputs;
    if (egressPolicy !== "block") return false;
    let said = enforcementIn(this.#log);
    // It is on its way into the file.
    for (let waited = 0; said === undefined && waited < WORD_PATIENCE_MS; waited += WORD_LOOK_MS) {
      await sleep(WORD_LOOK_MS);
      said = enforcementIn(this.#log);
    }
    if (said?.armed === true) return true;
    const reason = said?.reason ?? "the collector does not say that it is";
    if (onUnenforceable === "fail") throw new UserError(`the policy is not enforced: ${reason}`, 3);
    report({ kind: "warning", text: `the policy is not enforced, only audited: ${reason}` });
    return false;
  }

  /** `over`: the job is. What else ends the run leaves closed what the policy contains. */
  async #stop(tell: Tell, over: boolean): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const { inputs } = this.#order;
    this.#collector?.stop(END_PATIENCE_MS, over);
    const problem = await this.#collector?.ended;
    if (problem !== undefined && this.#failures.length === 0) this.#failures.push(problem);
    this.#restore();
    if (this.#refused > 0) this.#warnings.push(`somebody tried to end the run ${this.#refused} times, and could not`);
    const strict = inputs.onUnenforceable === "fail" ? "must" : "may";
    const containment = inputs.egressPolicy === "block" ? strict : "none";
    const known = { log: this.#log, failures: this.#failures, warnings: this.#warnings, containment } as const;
    let outcome = await readOutcome(known);
    const closed = this.#enforcing && (problem !== undefined || !over);
    if (closed && inputs.cgroup === undefined) {
      this.#uploads?.abandon();
      const why = "nothing may leave the machine any more, so the log is on it";
      outcome = { ...outcome, warnings: [...outcome.warnings, why] };
    } else if (this.#uploads !== undefined) outcome = await this.#upload(this.#uploads, outcome, tell);
    tell({ kind: "outcome", outcome });
    this.#control?.close();
    if (closed && over) await this.#open();
    if (outcome.log === undefined) rmSync(this.#folder, { recursive: true, force: true });
    // What was told is on its way when the event loop comes round.
    setTimeout(() => this.#done?.(), 100);
  }

  async #upload(uploads: RunUploads, outcome: Outcome, tell: Tell): Promise<Outcome> {
    tell({ kind: "message", text: "uploading the log" });
    const warnings = [...outcome.warnings, ...(await uploads.finish())];
    const problem = await uploads.log();
    if (problem === undefined && outcome.verdict !== undefined) await uploads.verdict(outcome.verdict);
    uploads.close();
    if (problem === undefined) return { ...outcome, warnings, log: undefined };
    return { ...outcome, warnings: [...warnings, `the log could not be uploaded: ${problem}`] };
  }

  /**
   * What was closed when the collector died stays so for as long as the job has steps; they are over. The runner ends what
   * they have left before it says that the job is, for which it needs the network again.
   */
  async #open(): Promise<void> {
    await sleep(CLOSED_MS);
    spawnSync(NODE, [this.#programs.collector, "doctor", "--clean"], { stdio: "ignore", timeout: END_PATIENCE_MS });
  }

  /** A hosted runner's machine is thrown away: there is nothing to give back to. */
  #restore(): void {
    if (this.#hooks !== undefined) removeHooks(this.#hooks);
    if (this.#order.job["RUNNER_ENVIRONMENT"] === "github-hosted") return;
    for (const rights of [this.#containers, this.#sudo]) {
      try {
        rights.restore();
      } catch (error) {
        this.#warnings.push(`not everything could be given back: ${messageOf(error)}`);
      }
    }
  }
}

/** Resolves when the run is over. What happens before it watches is told to `report`, and how that ended. */
export const keep = async (order: Order, report: (message: StartReport) => void): Promise<void> => {
  const keeper = new Keeper(order);
  try {
    report(await keeper.start(report));
  } catch (error) {
    await keeper.abandon();
    report({ kind: "failed", reason: messageOf(error) });
    return;
  }
  await keeper.done;
};
