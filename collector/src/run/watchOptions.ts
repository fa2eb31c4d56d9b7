// The options that record and collect share.
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DEFAULT_SETS, type DefaultSet } from "../../policy/defaults.ts";
import { messageOf, UserError } from "../errors.ts";
import { findUser } from "../events/users.ts";
import { parseListen } from "../http/listenAddress.ts";
import { plainText } from "../../report/plainText.ts";
import { egressPolicy } from "./egressPolicy.ts";
import type { SessionOptions } from "./session.ts";

export const watchOptions = {
  out: { type: "string" },
  listen: { type: "string" },
  "token-file": { type: "string" },
  "hook-socket": { type: "string" },
  "hook-user": { type: "string" },
  "firewall-log": { type: "string" },
  "egress-policy": { type: "string" },
  "allowed-endpoints": { type: "string" },
  "default-rules": { type: "string" },
  "on-unenforceable": { type: "string" },
} as const;

/** Their part of a command's `--help`. */
export const watchUsage = `  --out FILE          the log, one JSON event a line, mode 0600; FILE must not exist or be empty.
                      Without it the log is in a new private directory under the temporary one, is kept, and its
                      path is printed
  --listen HOST:PORT  also serves the run over HTTP while it lasts (127.0.0.1:0 picks a free port)
  --token-file FILE   holds the bearer token for --listen; made with a random one where it is missing.
                      Without this option the token is in a file that is removed at the end
  --hook-socket PATH  listens there for the agent's hooks (runglass-hook), which tell of its tool calls; without this
                      option no tool calls are known. Its directory must be root's; a missing one is made
  --hook-user NAME    the user who may write to that socket: the agent's. Without it the one who called sudo
  --firewall-log FILE follows this log of the agent's own firewall (fw.jsonl), which may appear later. Without it the one
                      that the job's environment names, or that is in a runner's temporary directory
  --egress-policy audit|block
                      audit judges connections, DNS queries and requests by --allowed-endpoints, and holds nothing up;
                      block refuses in the kernel what no entry allows
  --allowed-endpoints LIST|@FILE
                      host[:PORT|:*], *.host, addresses and networks, /udp, [METHOD|…] https://host/path/*; white
                      space separates, # is a comment ("runglass policy --help" tells more)
  --on-unenforceable fail|audit
                      what becomes of block where this machine cannot enforce it: nothing is started (the default), or it
                      is only judged, which the log and stderr say
  --default-rules SET[,SET …]|none
                      which rules hold beside these: ${DEFAULT_SETS.join(", ")} (all of them where
                      this is not given; "runglass policy defaults" lists them)`;

type Values = { readonly [K in keyof typeof watchOptions]?: string | undefined };

const setsOf = (command: string, text: string | undefined): readonly DefaultSet[] | undefined => {
  if (text === undefined || text === "none") return text === undefined ? undefined : [];
  return text.split(/[\s,]+/).map((word) => {
    const set = DEFAULT_SETS.find((name) => name === word);
    if (set !== undefined) return set;
    throw new UserError(`${command}: --default-rules: "${plainText(word)}" is none of ${DEFAULT_SETS.join(", ")}`, 2);
  });
};

/** Longer than a command line can be, and than any list needs to be. */
const MOST_LIST_BYTES = 4 * 1024 * 1024;

/** The list itself, or what is in the file that it names. */
const listOf = (command: string, text: string): string => {
  if (!text.startsWith("@")) return text;
  const path = text.slice(1);
  const what = `${command}: --allowed-endpoints ${text}`;
  try {
    if (!statSync(path).isFile()) throw new UserError(`${what}: this is no file`, 2);
    if (statSync(path).size > MOST_LIST_BYTES) throw new UserError(`${what}: the file is larger than 4 MB`, 2);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${what}: ${messageOf(error)}`, 2);
  }
};

const policyOf = (command: string, values: Values): SessionOptions["policy"] => {
  const { "egress-policy": mode, "allowed-endpoints": endpoints, "default-rules": sets } = values;
  if (mode === undefined) {
    if (endpoints === undefined && sets === undefined) return undefined;
    const option = endpoints === undefined ? "--default-rules" : "--allowed-endpoints";
    throw new UserError(`${command}: ${option} says nothing without --egress-policy`, 2);
  }
  if (mode !== "audit" && mode !== "block") {
    throw new UserError(`${command}: --egress-policy ${mode}: it is "audit" or "block"`, 2);
  }
  return egressPolicy(command, mode, listOf(command, endpoints ?? ""), setsOf(command, sets));
};

const onUnenforceableOf = (command: string, values: Values): "fail" | "audit" | undefined => {
  const { "egress-policy": mode, "on-unenforceable": text } = values;
  if (text === undefined) return undefined;
  if (text !== "fail" && text !== "audit") {
    throw new UserError(`${command}: --on-unenforceable ${plainText(text)}: it is "fail" or "audit"`, 2);
  }
  if (mode === "block") return text;
  throw new UserError(`${command}: --on-unenforceable says nothing without --egress-policy block`, 2);
};

/** Who called sudo, where it was that. */
const caller = (): { readonly uid: number; readonly gid: number } | undefined => {
  const [uid, gid] = [Number(process.env["SUDO_UID"]), Number(process.env["SUDO_GID"])];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
};

const hooksOf = (command: string, path: string | undefined, name: string | undefined): SessionOptions["hooks"] => {
  if (path === undefined) {
    if (name === undefined) return undefined;
    throw new UserError(`${command}: --hook-user says nothing without --hook-socket`, 2);
  }
  const user = name === undefined ? undefined : findUser(name);
  if (name !== undefined && user === undefined) {
    throw new UserError(`${command}: --hook-user ${name}: /etc/passwd has no user of that name`, 2);
  }
  return { path: resolve(path), owner: user ?? caller() };
};

/** Checks the shared options. Throws a `UserError` for what is wrong or cannot be done. */
export const checkWatchOptions = (
  command: string,
  values: Values,
): Pick<SessionOptions, "out" | "listen" | "tokenFile" | "hooks" | "policy" | "onUnenforceable" | "firewallLog"> => {
  const listen = values.listen === undefined ? undefined : parseListen(values.listen);
  const tokenFile = values["token-file"];
  if (listen === undefined && tokenFile !== undefined) {
    throw new UserError(`${command}: --token-file says nothing without --listen`, 2);
  }
  const policy = policyOf(command, values);
  const hooks = hooksOf(command, values["hook-socket"], values["hook-user"]);
  if (values.out === "") throw new UserError(`${command}: --out names no file`, 2);
  const firewallLog = values["firewall-log"];
  if (firewallLog === "") throw new UserError(`${command}: --firewall-log names no file`, 2);
  const onUnenforceable = onUnenforceableOf(command, values);
  const watched = { out: values.out, listen, tokenFile, hooks, policy, onUnenforceable };
  return { ...watched, firewallLog: firewallLog && resolve(firewallLog) };
};
