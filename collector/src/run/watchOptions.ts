// The options that record and collect share.
import { UserError } from "../errors.ts";
import { parseListen } from "../http/listenAddress.ts";
import type { SessionOptions } from "./session.ts";

export const watchOptions = {
  out: { type: "string" },
  listen: { type: "string" },
  "token-file": { type: "string" },
  "egress-policy": { type: "string" },
  "allowed-endpoints": { type: "string" },
} as const;

/** Their part of a command's `--help`. */
export const watchUsage = `  --out FILE          the log, one JSON event a line, mode 0600; FILE must not exist or be empty.
                      Without it the log is in a new private directory under the temporary one, is kept, and its
                      path is printed
  --listen HOST:PORT  also serves the run over HTTP while it lasts (127.0.0.1:0 picks a free port)
  --token-file FILE   holds the bearer token for --listen; made with a random one where it is missing.
                      Without this option the token is in a file that is removed at the end
  --egress-policy audit|block, --allowed-endpoints LIST
                      refused: this version only records`;

type Values = { readonly [K in keyof typeof watchOptions]?: string | undefined };

/** What this version knows of and cannot do is refused: never a silent downgrade. */
const refusePolicy = (command: string, mode: string | undefined, endpoints: string | undefined): void => {
  if (mode === undefined && endpoints === undefined) return;
  if (mode === undefined)
    throw new UserError(`${command}: --allowed-endpoints says nothing without --egress-policy`, 2);
  if (mode !== "audit" && mode !== "block") {
    throw new UserError(`${command}: --egress-policy ${mode}: it is "audit" or "block"`, 2);
  }
  const able = mode === "block" ? "cannot enforce an egress policy" : "cannot judge connections by an egress policy";
  throw new UserError(
    `${command}: --egress-policy ${mode}: this version ${able}, so nothing was started; leave the option out to ` +
      "record only",
    3,
  );
};

/** Checks the shared options. Throws a `UserError` for what is wrong or cannot be done. */
export const checkWatchOptions = (
  command: string,
  values: Values,
): Pick<SessionOptions, "out" | "listen" | "tokenFile"> => {
  const listen = values.listen === undefined ? undefined : parseListen(values.listen);
  const tokenFile = values["token-file"];
  if (listen === undefined && tokenFile !== undefined) {
    throw new UserError(`${command}: --token-file says nothing without --listen`, 2);
  }
  refusePolicy(command, values["egress-policy"], values["allowed-endpoints"]);
  return { out: values.out, listen, tokenFile };
};
