// The small runner's worker: it runs under the name Runner.Worker and does for one job what the real one does.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseValues, StepFiles } from "./fileCommands.ts";
import type { Annotation, JobPlan, StepResult } from "./jobPlan.ts";
import { parseCommand } from "./outputCommands.ts";

type Strings = Record<string, string>;

const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as JobPlan;
const files = join(plan.temp, "_runner_file_commands");
mkdirSync(files, { recursive: true });

const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
const diagnostics = join(plan.diagnostics, `Worker_${stamp}-utc.log`);
const note = (source: string, message: string): void => {
  const time = new Date().toISOString().slice(0, 19).replace("T", " ");
  appendFileSync(diagnostics, `[${time}Z INFO ${source}] ${message}\n`);
};

const environment: Strings = { ...plan.env };
const path: string[] = [];
const masks: string[] = [];
const outputs = new Map<string, Readonly<Strings>>();
const results: StepResult[] = [];
let failed = false;

const masked = (line: string): string => masks.reduce((text, secret) => text.replaceAll(secret, "***"), line);

const expand = (text: string): string =>
  text.replace(/\$\{\{\s*(env|github|steps)\.([\w.-]+)\s*\}\}/g, (_, context: string, name: string) => {
    if (context === "env") return environment[name] ?? "";
    if (context === "github") return plan.variables[`GITHUB_${name.toUpperCase()}`] ?? "";
    const [id = "", output = ""] = name.split(".outputs.");
    return outputs.get(id)?.[output] ?? "";
  });

const expandAll = (values: Readonly<Strings>): Strings =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expand(value)]));

interface Work {
  readonly name: string;
  /** GITHUB_ACTION. */
  readonly action: string;
  readonly condition: string | undefined;
  readonly command: () => readonly string[];
  readonly env: () => Strings;
  /** Of an action: what pre, main and post tell each other. */
  readonly state?: Strings;
  readonly id?: string | undefined;
  readonly continueOnError?: boolean | undefined;
}

const passes = (condition: string | undefined): boolean => {
  const text = (condition ?? "success()").replace(/^\$\{\{|\}\}$/g, "").trim();
  if (text === "always()") return true;
  return text === "failure()" ? failed : !failed;
};

/** Runs the process of one step to its end; gives its output by lines, and its exit code. */
const runProcess = (command: readonly string[], env: Strings, onLine: (line: string) => void): Promise<number> =>
  new Promise((resolve) => {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { cwd: plan.workspace, env, stdio: ["ignore", "pipe", "pipe"] });
    note("ProcessInvokerWrapper", `Process started with process id ${child.pid}, waiting for process exit.`);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      });
      stream.on("end", () => {
        if (rest !== "") onLine(rest);
      });
    }
    child.once("error", (error) => onLine(`##[error]${error.message}`));
    child.once("close", (code) => resolve(code ?? 1));
  });

const run = async (work: Work): Promise<void> => {
  note("StepsRunner", `Processing step: DisplayName='${work.name}'`);
  const nothing = { log: [], annotations: [], outputs: {}, summary: "" };
  if (!passes(work.condition)) {
    note("StepsRunner", "Update job result with current step result 'Skipped'.");
    results.push({ name: work.name, conclusion: "skipped", ...nothing });
    return;
  }
  const log: string[] = [];
  const annotations: Annotation[] = [];
  let stopped: string | undefined;
  const onLine = (line: string): void => {
    if (stopped !== undefined) {
      if (line.trim() === `::${stopped}::`) stopped = undefined;
      log.push(masked(line));
      return;
    }
    const command = parseCommand(line);
    if (command === undefined) return void log.push(masked(line));
    const { name, data, properties } = command;
    if (name === "add-mask") masks.push(data);
    else if (name === "stop-commands") stopped = data;
    else if (name === "error" || name === "warning" || name === "notice") {
      const { file, line: at } = properties;
      const place = { ...(file === undefined ? {} : { file }), ...(at === undefined ? {} : { line: Number(at) }) };
      annotations.push({ level: name, message: masked(data), ...place });
      log.push(masked(`##[${name}]${data}`));
    }
  };
  const stepFiles = new StepFiles(files);
  const state = Object.fromEntries(Object.entries(work.state ?? {}).map(([name, value]) => [`STATE_${name}`, value]));
  const PATH = [...path, process.env["PATH"] ?? ""].join(":");
  const env = {
    ...plan.variables,
    ...environment,
    ...work.env(),
    ...state,
    ...stepFiles.environment,
    PATH,
    GITHUB_ACTION: work.action,
    RUNNER_TRACKING_ID: plan.trackingId,
  };
  let code = await runProcess(work.command(), env, onLine);
  let given: Strings = {};
  try {
    for (const [name, value] of parseValues(stepFiles.text("GITHUB_ENV"))) environment[name] = value;
    for (const [name, value] of parseValues(stepFiles.text("GITHUB_STATE"))) if (work.state) work.state[name] = value;
    given = Object.fromEntries(parseValues(stepFiles.text("GITHUB_OUTPUT")));
    path.unshift(...stepFiles.text("GITHUB_PATH").split("\n").filter(Boolean));
  } catch (error) {
    log.push(`##[error]${String(error)}`);
    code = 1;
  }
  if (work.id !== undefined) outputs.set(work.id, given);
  const summary = masked(stepFiles.text("GITHUB_STEP_SUMMARY"));
  const conclusion = code === 0 ? "success" : "failure";
  if (code !== 0 && work.continueOnError !== true) failed = true;
  note(
    "StepsRunner",
    `No need for updating job result with current step result '${code === 0 ? "Succeeded" : "Failed"}'.`,
  );
  results.push({ name: work.name, conclusion, log, annotations, outputs: given, summary });
};

type PlannedStep = JobPlan["steps"][number];

const scriptWork = (
  { id, name, if: condition, run: script = "", env, continueOnError }: PlannedStep,
  nth: number,
): Work => {
  const file = join(plan.temp, `${randomUUID()}.sh`);
  return {
    name: name ?? `Run ${script.split("\n")[0]}`,
    action: id ?? (nth === 1 ? "__run" : `__run_${nth}`),
    id,
    condition,
    continueOnError,
    command: () => {
      writeFileSync(file, expand(script));
      return ["bash", "-e", file];
    },
    env: () => expandAll(env),
  };
};

/** `pre`, `main` and `post` of an action, as far as it has them. */
const actionWork = (step: PlannedStep, action: NonNullable<PlannedStep["action"]>): (Work | undefined)[] => {
  const { id, name, if: condition, uses = "", with: inputs, env, continueOnError } = step;
  const title = name ?? `Run ${uses}`;
  const given = { ...action.inputs, ...inputs };
  const shared = {
    action: id ?? (action.local ? "__self" : `__${uses.replace(/@.*/, "").replaceAll("/", "_")}`),
    state: {},
    continueOnError,
    env: () => ({
      ...expandAll(env),
      ...Object.fromEntries(
        Object.entries(given).map(([key, value]) => [`INPUT_${key.replaceAll(" ", "_").toUpperCase()}`, expand(value)]),
      ),
      ...plan.services,
    }),
  };
  const part = (file: string | undefined, more: Pick<Work, "name" | "condition" | "id">): Work | undefined =>
    file === undefined ? undefined : { ...shared, ...more, command: () => [plan.node, join(action.folder, file)] };
  return [
    part(action.local ? undefined : action.pre, { name: `Pre ${title}`, condition: "always()" }),
    part(action.main, { name: title, condition, id }),
    part(action.post, { name: `Post ${title}`, condition: "always()" }),
  ];
};

/** What the job's steps are, before, in and after it. */
const allWork = (): readonly Work[] => {
  const [before, inside, after]: [Work[], Work[], Work[]] = [[], [], []];
  let scripts = 0;
  for (const step of plan.steps) {
    if (step.action === undefined) {
      inside.push(scriptWork(step, ++scripts));
      continue;
    }
    const [pre, main, post] = actionWork(step, step.action);
    if (pre !== undefined) before.push(pre);
    if (main !== undefined) inside.push(main);
    if (post !== undefined) after.unshift(post);
  }
  note("JobRunner", `Total job steps: ${before.length + inside.length}.`);
  return [...before, ...inside, ...after];
};

/** As the real one: who has the job's mark in its environment is an orphan, as far as we may look. */
const killOrphans = (): number[] => {
  const mark = `RUNNER_TRACKING_ID=${plan.trackingId}`;
  const orphans: number[] = [];
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    if (Number(name) === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, "latin1").split("\0").includes(mark)) continue;
      process.kill(Number(name), "SIGKILL");
      orphans.push(Number(name));
    } catch {
      // It is somebody else's, or has gone.
    }
  }
  return orphans;
};

for (const work of allWork()) await run(work);
const orphans = killOrphans();
writeFileSync(plan.result, JSON.stringify({ conclusion: failed ? "failure" : "success", steps: results, orphans }));
