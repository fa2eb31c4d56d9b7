// One run from its first event to its last: the log, the sensor, and where asked for the HTTP server.
import { mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunStart } from "../../protocol/events.ts";
import { messageOf, UserError } from "../errors.ts";
import { nowUs } from "../events/bootClock.ts";
import { EventLog } from "../events/eventLog.ts";
import { FIREWALL_LOG } from "../events/firewallLog.ts";
import { Pipeline } from "../events/pipeline.ts";
import { SENSOR_READS } from "../events/secretFiles.ts";
import type { OnlyStep } from "../events/steps.ts";
import { removePins } from "../cgroup/pins.ts";
import { onlyJudged, type EgressPolicy } from "./egressPolicy.ts";
import { EnforcementWatch } from "./enforcementWatch.ts";
import type { ListenAddress } from "../http/listenAddress.ts";
import { startHttpServer, type HttpServer } from "../http/server.ts";
import { tokenFor, type TokenSource } from "../http/token.ts";
import { createRunLog, type RunLog } from "../log/runLog.ts";
import { makerName } from "../makerName.ts";
import { NotEnforced, startSensor, type Sensor } from "../sensor/spawn.ts";
import { VERSION } from "../version.ts";
import type { Environment } from "./job.ts";
import { keepNewSpaceSmall } from "./memory.ts";
import { startRunHooks, type RunHooks } from "./runHooks.ts";
import { runStartFields } from "./runStart.ts";
import { say } from "./say.ts";

export interface SessionOptions {
  /** What is watched, for people; secrets are masked already. */
  readonly title: string;
  /** Variables of the workflow job, as far as there is one. */
  readonly environment: Environment;
  /** All that is watched belongs to this step, but what the runner's worker starts. */
  readonly onlyStep?: OnlyStep;
  readonly sensorArgs: readonly string[];
  readonly out: string | undefined;
  readonly listen: ListenAddress | undefined;
  readonly tokenFile: string | undefined;
  /** The socket for the agent's hooks, and who may write to it besides us. */
  readonly hooks:
    { readonly path: string; readonly owner: { readonly uid: number; readonly gid: number } | undefined } | undefined;
  /** By which connections, questions and requests are judged; nothing is judged without. */
  readonly policy?: EgressPolicy | undefined;
  /** What becomes of the run where the policy cannot be enforced: nothing is started, or it is only judged. */
  readonly onUnenforceable?: "fail" | "audit" | undefined;
  /** The log of the agent's own firewall; where undefined, the one that the environment names, if any. */
  readonly firewallLog: string | undefined;
  /** Changes of files and reads of secrets are not told. */
  readonly noFiles?: boolean;
  /** Pids of processes that are left out besides our own. */
  readonly excluded?: readonly string[];
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

export interface Session {
  /** Resolves when the sensor is gone: with what went wrong, or undefined if it was asked to end. */
  readonly sensorEnded: Promise<string | undefined>;
  /** Resolves with the reason when a policy that is to be enforced is so no longer. */
  readonly disarmed: Promise<string>;
  /** Is an egress policy enforced, not only judged? */
  readonly enforces: boolean;
  /**
   * Ends the run: what the sensor still has is written, then `run.end`; clients may read on to it until `hurry` is
   * aborted or a few seconds are over. Resolves with the exit code: 0, or 3 where something was lost for want of a
   * sensor or of disk space (it says so itself).
   */
  finish(hurry: AbortSignal): Promise<0 | 3>;
}

const TICK_MS = 50;
const GRACE_MS = 5_000;

const abortable = (promise: Promise<unknown>, signal: AbortSignal): Promise<unknown> =>
  Promise.race([
    promise,
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    }),
  ]);

/** Where the job's environment says that the agent's firewall writes, or will. */
const firewallLogOf = (environment: Environment): string | undefined => {
  const named = environment["COPILOT_AGENT_FIREWALL_LOG_FILE"] ?? "";
  const temp = environment["RUNNER_TEMP"] ?? "";
  if (named.startsWith("/")) return named;
  return temp.startsWith("/") ? join(temp, FIREWALL_LOG) : undefined;
};

interface StartOptions extends SessionOptions {
  /** Why a policy is only judged that was to be enforced. */
  readonly unenforced?: string;
}

class RunningSession implements Session {
  get enforces(): boolean {
    return this.#enforcement !== undefined;
  }

  sensorEnded: Promise<string | undefined> = Promise.resolve(undefined);
  readonly disarmed: Promise<string>;
  readonly #log: RunLog;
  readonly #events: EventLog;
  readonly #pipeline: Pipeline;
  #sensor: Sensor | undefined;
  #server: HttpServer | undefined;
  #token: TokenSource | undefined;
  #hooks: RunHooks | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #enforcement: EnforcementWatch | undefined;

  constructor(log: RunLog, { onlyStep, policy, sensorArgs }: SessionOptions, run: RunStart["run"]) {
    this.#log = log;
    this.#events = new EventLog(log);
    const { title: _title, ...job } = run;
    const limited = !sensorArgs.includes("--all");
    this.#enforcement = policy?.kernel === undefined ? undefined : new EnforcementWatch(this.#events);
    this.disarmed = this.#enforcement?.disarmed ?? new Promise(() => undefined);
    this.#pipeline = new Pipeline(this.#events, undefined, onlyStep, job, policy?.policy, limited);
  }

  /** Writes run.start, opens the server, starts the sensor; resolves when it watches. */
  async start(options: StartOptions, fields: ReturnType<typeof runStartFields>): Promise<void> {
    this.#events.writeObject("run.start", nowUs(), fields);
    this.#tellChoices(options);
    this.#tellLimits(options);
    this.#events.flush();
    if (options.listen !== undefined) await this.#serve(options.listen, options.tokenFile, options.title, fields.run);
    if (options.hooks !== undefined) {
      this.#hooks = await startRunHooks({ ...options.hooks, pipeline: this.#pipeline, events: this.#events });
    }
    const firewallLog = options.firewallLog ?? firewallLogOf(options.environment);
    if (firewallLog !== undefined) this.#pipeline.followFirewall(firewallLog);
    this.#sensor = await startSensor({
      args: [...options.sensorArgs, "--reads", SENSOR_READS],
      policy: options.policy?.kernel?.bytes,
      pins: makerName(),
      signal: options.signal,
      onFrame: (frame) => {
        if (frame.kind === "denied") this.#enforcement?.denied(frame);
        if (frame.kind === "enforcement") this.#enforcement?.take(frame);
        else if (frame.kind !== "file" || options.noFiles !== true) this.#pipeline.take(frame);
      },
      onPause: () => void this.#events.flush(),
      onMessage: say,
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.sensorEnded = this.#sensor.ended.then((problem) => {
      if (problem !== undefined) this.#tellSensorLoss(problem);
      return problem;
    });
  }

  /** What of the policy is not enforced. */
  #tellLimits({ policy, unenforced }: StartOptions): void {
    if (unenforced !== undefined) {
      this.#events.writeObject("enforcement", nowUs(), { armed: false, reason: unenforced });
    }
    const judged = policy?.kernel?.auditOnly.length ?? 0;
    if (judged === 0) return;
    const reason = `${judged} entries of the policy name requests: their hosts are enforced, the requests only judged`;
    this.#events.writeObject("coverage", nowUs(), { hook: "egress.requests", state: "off", reason });
  }

  async finish(hurry: AbortSignal): Promise<0 | 3> {
    this.#sensor?.stop();
    const problem = await this.sensorEnded;
    await this.#hooks?.close();
    clearInterval(this.#timer);
    this.#pipeline.finish();
    try {
      await this.#end();
    } catch (error) {
      say(messageOf(error));
      return 3;
    } finally {
      await this.#close(hurry);
    }
    const { lost } = this.#events;
    if (lost > 0) say(`${lost === 1 ? "1 event was" : `${lost} events were`} lost; the log says when ("loss")`);
    return problem !== undefined || this.#events.refused || this.#enforcement?.lost === true ? 3 : 0;
  }

  async #serve(
    listen: ListenAddress,
    tokenFile: string | undefined,
    title: string,
    { attempt }: RunStart["run"],
  ): Promise<void> {
    this.#token = await tokenFor(tokenFile, say);
    const served = { id: this.#log.runId, title, attempt, log: this.#log };
    const { token, path } = this.#token;
    this.#server = await startHttpServer({ ...listen, token, version: VERSION, runs: () => [served], warn: say });
    say(`listening on ${this.#server.url}`);
    say(`token in ${path}`);
  }

  /** What is not told because somebody has asked for that. */
  #tellChoices({ noFiles, excluded = [] }: SessionOptions): void {
    const off = (hook: string, reason: string): void =>
      void this.#events.writeObject("coverage", nowUs(), { hook, state: "off", reason });
    if (noFiles === true)
      off("files", "it was asked for: changes of files and reads of secrets are not told (--no-files)");
    for (const pid of excluded) off("exclude", `it was asked for: process ${pid} and what it starts are not told`);
  }

  #tick(): void {
    this.#pipeline.tick();
    this.#enforcement?.tick();
    this.#events.flush();
  }

  #tellSensorLoss(problem: string): void {
    const t = nowUs();
    this.#events.writeObject("coverage", t, { hook: "sensor", state: "off", reason: problem });
    // Nobody can say how many; that the watched processes did nothing more is not to be believed.
    this.#events.loss("sensor", t, 1, true);
    this.#enforcement?.end(problem);
    this.#events.flush();
  }

  /** Writes run.end, waiting for room where the disk was full; rejects where it stays full. */
  async #end(): Promise<void> {
    try {
      while (!this.#events.end(nowUs())) await this.#log.flush();
    } finally {
      await this.#log.end();
    }
  }

  /** In a hurry nobody is waited for, but nothing is left behind either. */
  async #close(hurry: AbortSignal): Promise<void> {
    await this.#hooks?.close();
    const closed = this.#server?.close(hurry.aborted ? 0 : GRACE_MS);
    await abortable(Promise.resolve(closed), hurry);
    await this.#token?.remove();
    await abortable(this.#log.close(), hurry);
  }

  /** After a start that failed: what was begun is ended in order. */
  async abandon(): Promise<void> {
    await this.#end().catch(() => undefined);
    await this.#close(AbortSignal.abort());
  }
}

const onStall = (message: string | undefined): void =>
  say(message === undefined ? "the log can be written again" : `${message}; until then events are lost`);

/** Where the log goes when nobody says. */
const newLogFolder = async (): Promise<string> => {
  try {
    return await mkdtemp(join(tmpdir(), "runglass-"));
  } catch (error) {
    const remedy = "say with --out where the log goes, or set TMPDIR to a directory that you may write to";
    throw new UserError(`cannot make a directory for the log: ${messageOf(error)}: ${remedy}`, 3);
  }
};

const begin = async (options: StartOptions): Promise<Session> => {
  const fields = runStartFields(options.title, options.environment, options.policy?.facts, options.listen);
  const { id } = fields.run;
  const folder = options.out === undefined ? await newLogFolder() : undefined;
  const path = options.out ?? join(folder ?? "", `${id}.ndjson`);
  const log = await createRunLog(path, id, { onStall });
  const session = new RunningSession(log, options, fields.run);
  try {
    await session.start(options, fields);
  } catch (error) {
    await session.abandon();
    // A start that failed leaves nothing that would be in the way of the next one.
    if (error instanceof UserError) {
      await rm(path, { force: true });
      if (folder !== undefined) await rmdir(folder).catch(() => undefined);
    }
    throw error;
  }
  if (folder !== undefined) say(`log in ${path}`);
  return session;
};

/** Starts a run and resolves when the sensor watches. Throws a `UserError`, or the reason of `options.signal`. */
export const startSession = async (options: SessionOptions): Promise<Session> => {
  keepNewSpaceSmall();
  try {
    return await begin(options);
  } catch (error) {
    if (!(error instanceof NotEnforced) || options.policy === undefined) throw error;
    removePins(makerName());
    const why = `--egress-policy block cannot be enforced here: ${error.message}`;
    if (options.onUnenforceable !== "audit") {
      throw new UserError(`${why}, so nothing was started; "--on-unenforceable audit" would only judge`, 3);
    }
    say(`${why}; as --on-unenforceable says, it is only judged: NOTHING IS BLOCKED`);
    return begin({ ...options, policy: onlyJudged(options.policy), unenforced: error.message });
  }
};
