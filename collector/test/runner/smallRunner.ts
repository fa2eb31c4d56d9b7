// A runner of the project's own, for tests: it runs one job of a workflow file as GitHub's runner does, on this machine.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { COPYFILE_FICLONE } from "node:constants";
import { chownSync, copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { layOutAction } from "../../scripts/layOutAction.ts";
import { readAction } from "./actionFile.ts";
import type { ArtifactService } from "./artifactService.ts";
import type { JobPlan, JobResult } from "./jobPlan.ts";
import { parseWorkflow } from "./workflowFile.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

export interface RunOptions {
  /** Files of the repository, as if it were checked out before the first step. */
  readonly files?: Readonly<Record<string, string>>;
  readonly service?: ArtifactService;
  /** The job's processes begin in this control group. */
  readonly cgroup?: string;
  /** Who runs the steps; this process's user where absent. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly variables?: Readonly<Record<string, string>>;
  /** A command that the worker is run by, as root: it ends by running its arguments. */
  readonly wrap?: readonly string[];
  /** Told of the worker's pid once it runs. */
  readonly onStart?: (pid: number) => void;
}

const ownAll = (path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void => {
  chownSync(path, uid, gid);
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    chownSync(join(entry.parentPath, entry.name), uid, gid);
  }
};

export class SmallRunner {
  readonly #home: string;
  readonly #actions: string;

  /** `folder` must be empty, and is the caller's to remove. */
  constructor(folder: string) {
    this.#home = folder;
    this.#actions = join(folder, "_work/_actions/runglass/runglass/v1/collector");
    for (const path of ["bin", "_diag", "externals/node24/bin", "_work/_temp", "_work/repo/repo"]) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    const node = join(folder, "externals/node24/bin/node");
    copyFileSync(process.execPath, node, COPYFILE_FICLONE);
    linkSync(node, join(folder, "bin/Runner.Worker"));
    buildSync({
      entryPoints: [join(HERE, "worker.ts")],
      outfile: join(folder, "bin/worker.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      logLevel: "error",
    });
    layOutAction(this.#actions);
  }

  get workspace(): string {
    return join(this.#home, "_work/repo/repo");
  }

  /** Runs the job of a workflow file and resolves with what came of it. `file` is its name in the repository. */
  async run(source: string, options: RunOptions = {}, file = ".github/workflows/ci.yml"): Promise<JobResult> {
    const { service, user, files = {} } = options;
    const workflow = parseWorkflow(source);
    for (const [path, text] of Object.entries({ [file]: source, ...files })) {
      mkdirSync(dirname(join(this.workspace, path)), { recursive: true });
      writeFileSync(join(this.workspace, path), text);
    }
    const temp = join(this.#home, "_work/_temp");
    const result = join(this.#home, "result.json");
    const plan: JobPlan = {
      job: workflow.id,
      env: workflow.env,
      steps: workflow.steps.map((step) => {
        if (step.uses === undefined) return step;
        const local = step.uses.startsWith("./");
        if (local) layOutAction(join(this.workspace, step.uses));
        const folder = local ? join(this.workspace, step.uses) : this.#actions;
        assert.ok(local || step.uses === "runglass/runglass/collector@v1", step.uses);
        return { ...step, action: { ...readAction(folder), local } };
      }),
      variables: {
        CI: "true",
        HOME: this.#home,
        GITHUB_ACTIONS: "true",
        GITHUB_ACTOR: "octocat",
        GITHUB_API_URL: "https://api.github.com",
        GITHUB_EVENT_NAME: "push",
        GITHUB_JOB: workflow.id,
        GITHUB_REF: "refs/heads/main",
        GITHUB_REPOSITORY: "octo/repo",
        GITHUB_RETENTION_DAYS: "90",
        GITHUB_RUN_ATTEMPT: "1",
        GITHUB_RUN_ID: "4711",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
        GITHUB_WORKFLOW: workflow.workflow,
        GITHUB_WORKFLOW_REF: `octo/repo/${file}@refs/heads/main`,
        GITHUB_WORKSPACE: this.workspace,
        RUNNER_ARCH: "X64",
        RUNNER_NAME: "small",
        RUNNER_OS: "Linux",
        RUNNER_TEMP: temp,
        ...options.variables,
      },
      services:
        service === undefined
          ? {}
          : {
              ACTIONS_RUNTIME_URL: service.url,
              ACTIONS_RESULTS_URL: service.url,
              ACTIONS_RUNTIME_TOKEN: service.token,
            },
      node: join(this.#home, "externals/node24/bin/node"),
      temp,
      workspace: this.workspace,
      diagnostics: join(this.#home, "_diag"),
      trackingId: `github_${randomUUID()}`,
      result,
    };
    writeFileSync(join(this.#home, "plan.json"), JSON.stringify(plan));
    if (user !== undefined) ownAll(this.#home, user);
    await this.#runWorker(options);
    return JSON.parse(readFileSync(result, "utf8")) as JobResult;
  }

  #runWorker({ cgroup, user, wrap = [], onStart }: RunOptions): Promise<void> {
    const worker = [
      join(this.#home, "bin/Runner.Worker"),
      join(this.#home, "bin/worker.mjs"),
      join(this.#home, "plan.json"),
    ];
    const as =
      user === undefined ? [] : ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--"];
    const enter = cgroup === undefined ? "" : `echo $$ > ${cgroup}/cgroup.procs; `;
    const child = spawn("/bin/sh", ["-c", `${enter}exec "$@"`, "sh", ...wrap, ...as, ...worker], {
      stdio: ["ignore", "inherit", "inherit"],
      env: { PATH: `/usr/local/sbin:${process.env["PATH"] ?? ""}` },
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`the worker ended: ${signal ?? code}`));
      });
    });
  }
}
