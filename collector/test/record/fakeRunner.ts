// A runner for tests: Node under the name Runner.Worker, which runs the steps of a plan and logs as the real one does.
import { COPYFILE_FICLONE } from "node:constants";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface PlannedStep {
  /** GITHUB_ACTION; none where absent. */
  readonly action?: string;
  /** Display name: what is logged of it. Nothing is where absent. */
  readonly name?: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It goes on in the step before: nothing new is logged. */
  readonly embedded?: boolean;
}

const WORKER = `
import { appendFileSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
const [, , planFile, folder] = process.argv;
const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
const log = folder && \`\${folder}/Worker_\${stamp}-utc.log\`;
const say = (source, message) => {
  if (!log) return;
  const time = new Date().toISOString().slice(0, 19).replace("T", " ");
  appendFileSync(log, \`[\${time}Z INFO \${source}] \${message}\\n\`);
};
const steps = JSON.parse(readFileSync(planFile, "utf8"));
say("JobRunner", \`Total job steps: \${steps.filter((step) => !step.embedded).length}.\`);
for (const { action, name, command, env, embedded } of steps) {
  if (name !== undefined && !embedded) say("StepsRunner", \`Processing step: DisplayName='\${name}'\`);
  const child = spawn(command[0], command.slice(1), {
    stdio: ["inherit", "inherit", "inherit"],
    env: { PATH: process.env.PATH, ...(action === undefined ? {} : { GITHUB_ACTION: action }), ...env },
  });
  say("ProcessInvokerWrapper", \`Process started with process id \${child.pid}, waiting for process exit.\`);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (name !== undefined && !embedded)
    say("StepsRunner", \`No need for updating job result with current step result '\${code === 0 ? "Succeeded" : "Failed"}'.\`);
}
`;

export class FakeRunner {
  readonly #folder: string;
  readonly worker: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.worker = join(folder, "bin/Runner.Worker");
    mkdirSync(join(folder, "bin"));
    mkdirSync(join(folder, "_diag"));
    copyFileSync(process.execPath, this.worker, COPYFILE_FICLONE);
    writeFileSync(join(folder, "worker.mjs"), WORKER);
  }

  /** The command that runs a job; without `logged` it writes no log. */
  job(steps: readonly PlannedStep[], logged = true): string[] {
    const plan = join(this.#folder, "plan.json");
    writeFileSync(plan, JSON.stringify(steps));
    return [this.worker, join(this.#folder, "worker.mjs"), plan, logged ? join(this.#folder, "_diag") : ""];
  }
}
