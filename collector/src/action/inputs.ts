// The inputs of the Action, as the runner hands them over: environment variables, one for each.
import { nearestName } from "../../policy/nearestName.ts";
import { messageOf, UserError } from "../errors.ts";
import { parseListen } from "../http/listenAddress.ts";
import { plainText } from "../../report/plainText.ts";

export interface Inputs {
  readonly egressPolicy: "audit" | "block";
  /** As it is written in the workflow: lines and columns in messages are those of this text. */
  readonly allowedEndpoints: string;
  readonly dialect: "runglass" | "harden-runner";
  readonly disableSudo: boolean;
  readonly disableContainers: boolean;
  readonly disableFileMonitoring: boolean;
  readonly failOnBlock: boolean;
  readonly onUnenforceable: "fail" | "audit";
  readonly upload: "live" | "end" | "none";
  /** `HOST:PORT`; nothing listens where undefined. */
  readonly listen: string | undefined;
  /** Only what is in this control group is watched; the whole machine where undefined. */
  readonly cgroup: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "INPUT_";
export const INPUT_NAMES = [
  "egress-policy",
  "allowed-endpoints",
  "dialect",
  "disable-sudo",
  "disable-sudo-and-containers",
  "disable-file-monitoring",
  "fail-on-block",
  "on-unenforceable",
  "upload",
  "listen",
  "cgroup",
] as const;
type InputName = (typeof INPUT_NAMES)[number];

/** What Harden-Runner has and we have no use for: who comes from there is told so. */
const NEEDLESS: Readonly<Record<string, string>> = {
  token: "Runglass needs no token of yours",
  "disable-telemetry": "Runglass sends nothing to anybody",
  policy: "there is no policy store: the policy is in the workflow",
  "use-policy-store": "there is no policy store: the policy is in the workflow",
  "api-key": "there is no account",
  "deploy-on-self-hosted-vm": "it runs on self-hosted Linux machines as it is",
};

const BOOLEAN: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

const refuseUnknown = (environment: Environment): void => {
  for (const key of Object.keys(environment)) {
    if (!key.startsWith(PREFIX)) continue;
    const name = key.slice(PREFIX.length).toLowerCase();
    if ((INPUT_NAMES as readonly string[]).includes(name)) continue;
    const needless = NEEDLESS[name];
    if (needless !== undefined) {
      throw new UserError(`input ${name}: this is one of Harden-Runner's; ${needless}: remove it`, 2);
    }
    const near = nearestName(name, INPUT_NAMES);
    const remedy = near === undefined ? `the inputs are ${INPUT_NAMES.join(", ")}` : `did you mean ${near}?`;
    throw new UserError(`unknown input ${plainText(name, 60)}: ${remedy}`, 2);
  }
};

class Reading {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Without the white space around it, as the runner's own libraries give it. */
  text(name: InputName): string {
    return this.raw(name).trim();
  }

  raw(name: InputName): string {
    const value = this.#environment[PREFIX + name.toUpperCase()] ?? "";
    const at = value.indexOf("${{");
    if (at < 0) return value;
    const shown = plainText(value.slice(at, at + 60));
    throw new UserError(`input ${name}: the expression "${shown}" was not expanded: it stands where none may stand`, 2);
  }

  flag(name: InputName): boolean {
    const text = this.text(name);
    if (text === "") return false;
    const value = BOOLEAN[text];
    if (value !== undefined) return value;
    throw new UserError(`input ${name}: "${plainText(text, 60)}": it is true or false`, 2);
  }

  choice<T extends string>(name: InputName, choices: readonly [T, ...T[]]): T {
    const text = this.text(name);
    if (text === "") return choices[0];
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    const near = nearestName(text, choices);
    const remedy = near === undefined ? `it is one of ${choices.join(", ")}` : `did you mean ${near}?`;
    throw new UserError(`input ${name}: "${plainText(text, 60)}": ${remedy}`, 2);
  }

  optional(name: InputName): string | undefined {
    const text = this.text(name);
    return text === "" ? undefined : text;
  }
}

/** Throws a `UserError` for what is unknown, not expanded, or has no such value; nothing may start then. */
export const readInputs = (environment: Environment): Inputs => {
  refuseUnknown(environment);
  const reading = new Reading(environment);
  const disableContainers = reading.flag("disable-sudo-and-containers");
  const listen = reading.optional("listen");
  if (listen !== undefined) {
    try {
      parseListen(listen);
    } catch (error) {
      throw new UserError(`input listen: ${messageOf(error)}`, 2);
    }
  }
  return {
    egressPolicy: reading.choice("egress-policy", ["audit", "block"]),
    allowedEndpoints: reading.raw("allowed-endpoints"),
    dialect: reading.choice("dialect", ["runglass", "harden-runner"]),
    disableSudo: reading.flag("disable-sudo") || disableContainers,
    disableContainers,
    disableFileMonitoring: reading.flag("disable-file-monitoring"),
    failOnBlock: reading.flag("fail-on-block"),
    onUnenforceable: reading.choice("on-unenforceable", ["fail", "audit"]),
    upload: reading.choice("upload", ["live", "end", "none"]),
    listen,
    cgroup: reading.optional("cgroup"),
  };
};
