// The collector's plain requests: is it one, and which runs has it. The event stream is in eventStream.ts.
import { newerVersion, noRuns, notACollector, UserError, wrongToken } from "../errors.ts";
import { boundedText } from "./boundedText.ts";
import { failureOfAnswer, failureOfError } from "./classify.ts";
import type { Endpoint } from "./endpoint.ts";
import { isToken } from "./token.ts";

export interface OfferedRun {
  readonly id: string;
  /** Runner's text: what is watched. */
  readonly title: string;
  /** Of the workflow run; undefined where the collector does not say. */
  readonly attempt?: number;
  readonly ended: boolean;
  /** seq of its last event; undefined where the collector does not say. */
  readonly lastSeq?: number;
}

const TIMEOUT_MS = 15_000;
const LONGEST_ANSWER = 1_000_000;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** GETs JSON; throws a `UserError` for everything that is not a collector's good answer. */
const getJson = async (endpoint: Endpoint, path: string, token: string): Promise<Readonly<Record<string, unknown>>> => {
  if (!isToken(token)) throw new UserError(wrongToken(endpoint.origin));
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint.base + path, {
      headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) throw new UserError(await failureOfAnswer(endpoint.origin, response));
    const type = response.headers.get("content-type") ?? "";
    if (!/^application\/json\b/i.test(type)) {
      throw new UserError(
        notACollector(endpoint.origin, `its answer is ${type === "" ? "of no type" : type.slice(0, 80)}`),
      );
    }
    text = await boundedText(response, LONGEST_ANSWER);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(failureOfError(endpoint.origin, error));
  }
  const value = text.length <= LONGEST_ANSWER ? parse(text) : undefined;
  if (!isRecord(value)) throw new UserError(notACollector(endpoint.origin, "its answer is not the JSON expected"));
  return value;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const offeredRun = (value: unknown): OfferedRun | undefined => {
  if (!isRecord(value) || typeof value["id"] !== "string" || value["id"] === "") return undefined;
  const title = typeof value["title"] === "string" && value["title"] !== "" ? value["title"] : value["id"];
  const { attempt, lastSeq } = value;
  return {
    id: value["id"],
    title,
    ...(typeof attempt === "number" ? { attempt } : {}),
    ended: value["state"] === "ended",
    ...(typeof lastSeq === "number" ? { lastSeq } : {}),
  };
};

/**
 * Asks who answers and which runs it has, in the collector's order (oldest first). Throws a `UserError`: wrong token, wrong
 * address, TLS, not a collector, a newer one, or no run.
 */
export const listRuns = async (endpoint: Endpoint, token: string): Promise<readonly OfferedRun[]> => {
  const health = await getJson(endpoint, "/v1/health", token);
  const protocol = health["protocol"];
  if (typeof protocol === "number" && protocol !== 1) {
    throw new UserError(newerVersion(`The collector at ${endpoint.origin}`, String(protocol)));
  }
  const answer = await getJson(endpoint, "/v1/runs", token);
  if (!Array.isArray(answer["runs"])) throw new UserError(notACollector(endpoint.origin, "it lists no runs"));
  const runs = answer["runs"].map(offeredRun).filter((run) => run !== undefined);
  if (runs.length === 0) throw new UserError(noRuns(endpoint.origin));
  return runs;
};
