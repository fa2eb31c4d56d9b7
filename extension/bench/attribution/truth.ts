// What is known of each request without any recording: what its server saw, and who held the client's socket meanwhile.
import { readFileSync } from "node:fs";
import type { Endpoint } from "../../test/sample/servers/truth.ts";

/** A request as its server saw it. */
export interface Asked {
  /** When it arrived, in microseconds since the Unix epoch. */
  readonly t: number;
  readonly method: string;
  /** Of `Host` or `:authority`, in lower case, without a port. */
  readonly host: string;
  /** With its query. */
  readonly path: string;
  readonly version: "1.0" | "1.1" | "2";
  readonly tls: boolean;
  readonly status: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The process that held the client's end of the connection as the request arrived; absent where none or several did. */
  readonly pid?: number;
  /** The driver's label in the environment of that process: `STEP CLIENT`, a `+` behind the step where that is over. */
  readonly label?: string;
}

/** @returns the requests in the file of a server, in order of their arrival */
export const readAsked = (path: string): Asked[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Asked)
    .toSorted((a, b) => a.t - b.t);

/** @returns step and client of a label */
export const partsOf = (label: string): { step: string; detached: boolean; client: string } => {
  const [, step = "", plus, client = ""] = /^([^ +]*)(\+?) (.*)$/.exec(label) ?? [];
  return { step, detached: plus === "+", client };
};
