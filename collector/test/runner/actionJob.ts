// A job of the small runner with the Action in it, in a control group of its own: what other processes of the machine do
// does not matter there.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArtifactName } from "../../protocol/artifactNames.ts";
import { findCgroupTree } from "../../src/cgroup/mount.ts";
import { evacuate, processesIn, removeCgroup } from "../../src/cgroup/runCgroup.ts";
import { Events, until } from "../record/support.ts";
import { ArtifactService } from "./artifactService.ts";
import type { JobResult, StepResult } from "./jobPlan.ts";
import { SmallRunner, type RunOptions } from "./smallRunner.ts";

export class ActionJob {
  readonly folder = mkdtempSync(join(tmpdir(), "runglass-job-"));
  readonly cgroup = join(findCgroupTree().mount.path, `runglass-job-${process.pid}-${Date.now()}`);
  readonly service: ArtifactService;
  readonly #runner = new SmallRunner(this.folder);

  private constructor(service: ArtifactService) {
    this.service = service;
    mkdirSync(this.cgroup);
  }

  static async create(): Promise<ActionJob> {
    return new ActionJob(await ArtifactService.start());
  }

  /** `inputs` and `steps` are lines of YAML. The Action's step has the id `watch`. */
  run(
    inputs: readonly string[],
    steps: readonly string[],
    options: RunOptions & { uses?: string } = {},
  ): Promise<JobResult> {
    const { uses = "runglass/runglass/collector@v1", ...rest } = options;
    const indented = (lines: readonly string[], by: number): string[] => lines.map((line) => " ".repeat(by) + line);
    const source = [
      "name: Watched",
      "on: push",
      "jobs:",
      "  build:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      `      - uses: ${uses}`,
      "        id: watch",
      "        with:",
      ...indented(
        [...(inputs.some((line) => line.startsWith("cgroup:")) ? [] : [`cgroup: ${this.cgroup}`]), ...inputs],
        10,
      ),
      ...indented(steps, 6),
    ].join("\n");
    return this.#runner.run(`${source}\n`, { service: this.service, cgroup: this.cgroup, ...rest });
  }

  get workspace(): string {
    return this.#runner.workspace;
  }

  /** The events of the log that was uploaded as a whole. */
  log(): Events {
    const name = this.service.names.find((one) => parseArtifactName(one)?.kind === "log") ?? "";
    const path = join(this.folder, "uploaded.ndjson");
    writeFileSync(path, this.service.fileIn(name).text);
    return new Events(path);
  }

  logAt(path: string): Events {
    return new Events(path);
  }

  /** Removes a log, and the keeper's folder that it is in. */
  forget(path: string): void {
    rmSync(dirname(path), { recursive: true });
  }

  /** The lines of all segments, as they follow one another by their names. */
  segments(): string {
    return this.service.names
      .flatMap((name) => {
        const parsed = parseArtifactName(name);
        return parsed?.kind === "segment" ? [{ ...parsed, name }] : [];
      })
      .toSorted((a, b) => a.number - b.number)
      .map(({ name }) => this.service.fileIn(name).text)
      .join("");
  }

  /** Resolves when nothing of the job runs any more; where the whole machine is watched, the keeper is a part of that. */
  over(): Promise<void> {
    return until(() => processesIn(this.cgroup).length === 0, "everything of the job has ended");
  }

  async remove(): Promise<void> {
    await this.service.close();
    for (const pid of processesIn(this.cgroup)) process.kill(pid, "SIGKILL");
    evacuate(this.cgroup);
    removeCgroup(this.cgroup);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const stepNamed = (result: JobResult, name: string): StepResult => {
  const step = result.steps.find((one) => one.name.startsWith(name));
  if (step === undefined) throw new Error(`no step ${name}: ${JSON.stringify(result)}`);
  return step;
};

/** Folders that keepers have on this machine. */
export const keeperFolders = (): readonly string[] => {
  try {
    return readdirSync("/var/lib/runglass");
  } catch {
    return [];
  }
};

/** Steps. The first kills, as root can, the processes whose command line has these words in this order. */
export const killing = (...words: readonly string[]): string[] => [
  "- name: Kill",
  "  run: |",
  "    for pid in $(ls /proc | grep -E '^[0-9]+$'); do",
  "      line=$(tr '\\0' ' ' < /proc/$pid/cmdline 2> /dev/null || true)",
  `      case "$line" in *${words.map((word) => `"${word}"`).join("*")}*) echo "killing $line"; kill -9 $pid;; esac`,
  "    done",
  "- name: Afterwards",
  "  run: sleep 0.5",
];
