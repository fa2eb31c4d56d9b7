// The beginning of a run, by the Action's `pre`, or by its `main` where the runner has not run that.
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { messageOf, UserError } from "../errors.ts";
import { findWorker, JOB_VARIABLES } from "../run/job.ts";
import { readInputs } from "./inputs.ts";
import { launch, type Ready } from "./launch.ts";
import type { Order } from "./messages.ts";
import { unsupportedMachine } from "./programs.ts";
import { error, info, mask, saveState, setVariable, warning } from "./runnerCommands.ts";
import { stopHashOf, stopProof } from "./stopProof.ts";
import { policyPlace } from "./workflowPlaces.ts";

/** What the collector reads of the job, what names its artifacts, and whether its machine is used again. */
const KEPT_VARIABLES = [...JOB_VARIABLES, "RUNNER_ENVIRONMENT"];
/** What the library that uploads artifacts reads. */
const SERVICE_VARIABLES = [
  "ACTIONS_RUNTIME_TOKEN",
  "ACTIONS_RESULTS_URL",
  "GITHUB_SERVER_URL",
  "GITHUB_RETENTION_DAYS",
  "GITHUB_REPOSITORY",
  "GITHUB_RUN_ID",
  "https_proxy",
  "HTTPS_PROXY",
  "no_proxy",
  "NO_PROXY",
];

const pick = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined || value === "" ? [] : [[name, value] as const];
    }),
  );

/** Not each uid has a name. */
const currentUser = (): Order["user"] => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  try {
    return { uid, gid, name: userInfo().username };
  } catch {
    return { uid, gid, name: `#${uid}` };
  }
};

const orderOf = (word: string): Order => {
  const inputs = readInputs(process.env);
  const service = pick(SERVICE_VARIABLES);
  const canUpload = service["ACTIONS_RUNTIME_TOKEN"] !== undefined && service["ACTIONS_RESULTS_URL"] !== undefined;
  if (!canUpload && inputs.upload !== "none") {
    warning("this runner names no artifact service, so nothing is uploaded: the log stays on the machine");
  }
  return {
    inputs,
    job: pick(KEPT_VARIABLES),
    service: canUpload ? service : undefined,
    stopHash: stopHashOf(stopProof(word, process.env)),
    worker: findWorker(),
    user: currentUser(),
  };
};

/** Outputs of the step, which only `main` can set. */
export const OUTPUTS = ["key", "url", "token-file"] as const;
export type Outputs = Partial<Record<(typeof OUTPUTS)[number], string>>;

const tellReady = ({ key, enforcing, server }: Ready, policy: string): Outputs => {
  info(`Runglass watches this job (${key}).`);
  if (policy === "block") info(enforcing ? "The egress policy is enforced." : "The egress policy is NOT enforced.");
  if (server === undefined) return { key };
  const { url, token, tokenFile } = server;
  mask(token);
  info(`It listens on ${url}; the token is in ${tokenFile}, which only root can read.`);
  return { key, url, "token-file": tokenFile };
};

/** Starts watching; the step fails where that cannot be. What main and post must know is saved. */
export const begin = async (): Promise<Outputs> => {
  try {
    const reason = unsupportedMachine(process);
    if (reason !== undefined) throw new UserError(reason, 3);
    const word = randomBytes(32).toString("hex");
    const order = orderOf(word);
    const ready = await launch(order, (report) => {
      if (report.kind === "warning") warning(report.text);
      else if (report.kind === "message") info(report.text);
    });
    saveState("control", ready.control);
    saveState("word", word);
    saveState("stateFile", process.env["GITHUB_STATE"] ?? "");
    setVariable("RUNGLASS_HOOK", ready.hooks.program);
    setVariable("RUNGLASS_HOOK_SOCKET", ready.hooks.socket);
    return tellReady(ready, order.inputs.egressPolicy);
  } catch (reason) {
    // On a machine that has the repository already, before it is checked out anew.
    error(`this job is not watched: ${messageOf(reason)}`, policyPlace(process.env));
    saveState("failed", "true");
    process.exitCode = 1;
    return {};
  }
};
