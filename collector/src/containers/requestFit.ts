// How well what was started fits what a client has asked for. `sure`: both have the same name, and it is unique on the
// machine; `likely`: image and command are the same, which two clients can ask for at a time.
import { basename, resolve } from "node:path";
import type { Container } from "./container.ts";
import type { Request } from "./requests.ts";
import { readSmallFile } from "./smallFile.ts";

export type Fit = "sure" | "likely" | undefined;

/** What has got a program and belongs to no step. */
export interface Started {
  readonly argv: readonly string[];
  readonly container: Container | undefined;
  /** The systemd unit that its control group is named after; empty where it is not. */
  readonly unit: string;
}
/** Who has asked. */
export interface Asking {
  readonly cwd: string;
  /** The same where it is a folder of the machine's, not of a container's. */
  readonly folder: string | undefined;
  readonly uid: number;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, at) => word === b[at]);

const endsWith = (whole: readonly string[], end: readonly string[]): boolean =>
  whole.length >= end.length && same(whole.slice(whole.length - end.length), end);

/** Is `argv` that of a program which was started as `command`? A script has its interpreter before it. */
const isCommand = (argv: readonly string[], command: readonly string[]): boolean => {
  if (command.length === 0) return false;
  if (same(argv, command)) return true;
  const [first = "", ...rest] = command;
  const script = argv[argv.length - command.length];
  return (
    argv.length > command.length && endsWith(argv, rest) && script !== undefined && basename(script) === basename(first)
  );
};

/** A name, the whole id, or its beginning. */
const isNamed = (reference: string, { id, state }: Container): boolean =>
  (/^[0-9a-f]{4,64}$/.test(reference) && id.startsWith(reference)) || (state?.name ?? "") === reference;

/** `--cidfile` is written before the container starts. 64 hex digits are all that is taken of it. */
const hasWritten = (cidfile: string, { folder, uid }: Asking, id: string): boolean =>
  folder !== undefined && readSmallFile(resolve(folder, cidfile), 65, uid)?.trim() === id;

const fitOfRun = (request: Extract<Request, { kind: "run" }>, started: Started, asking: Asking): Fit => {
  const { container, argv } = started;
  if (container === undefined || container.runtime === "buildkit") return undefined;
  const { state, id } = container;
  if (request.name !== undefined) return state?.name === request.name ? "sure" : undefined;
  if (request.cidfile !== undefined) return hasWritten(request.cidfile, asking, id) ? "sure" : undefined;
  if (state === undefined) return endsWith(argv, request.command) && request.command.length > 0 ? "likely" : undefined;
  return state.image === request.image && endsWith(state.command ?? argv, request.command) ? "likely" : undefined;
};

const fitOfCompose = (request: Extract<Request, { kind: "compose" }>, { container }: Started, cwd: string): Fit => {
  const labels = container?.state?.labels;
  const project = labels?.get("com.docker.compose.project");
  if (labels === undefined || project === undefined) return undefined;
  if (request.project !== undefined) return request.project === project ? "likely" : undefined;
  const folder = resolve(cwd, request.folder ?? ".");
  return labels.get("com.docker.compose.project.working_dir") === folder ? "likely" : undefined;
};

const fitOfBuild = ({ container }: Started): Fit => {
  if (container?.runtime === "buildkit") return "likely";
  // The older builder starts containers of layers that have no name.
  return container?.runtime === "docker" && container.state?.image?.startsWith("sha256:") ? "likely" : undefined;
};

const fitOfUnit = (request: Extract<Request, { kind: "unit" }>, { unit, argv, container }: Started): Fit => {
  if (unit === "" || container !== undefined) return undefined;
  if (request.unit !== undefined) return request.unit === unit ? "sure" : undefined;
  return /^run-[\w-]+\.service$/.test(unit) && isCommand(argv, request.command) ? "likely" : undefined;
};

/** Of one that is new: the first of its container or unit. */
export const fitOfNew = (request: Request, started: Started, asking: Asking): Fit => {
  switch (request.kind) {
    case "run":
      return fitOfRun(request, started, asking);
    case "start": {
      const { container } = started;
      return container && request.containers.some((name) => isNamed(name, container)) ? "sure" : undefined;
    }
    case "compose":
      return fitOfCompose(request, started, asking.cwd);
    case "build":
      return fitOfBuild(started);
    case "unit":
      return fitOfUnit(request, started);
    case "exec":
      return undefined;
  }
};

/** Of one more program in a container that runs. */
export const fitOfExec = (request: Request, { container, argv }: Started): Fit =>
  request.kind === "exec" &&
  container !== undefined &&
  isNamed(request.container, container) &&
  isCommand(argv, request.command)
    ? "sure"
    : undefined;
