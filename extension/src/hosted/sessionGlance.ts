// What can be told of a session's log without opening it: by the names of what its job has uploaded, and while it goes on by one
// small piece of the log. The job is where the agent works: all of it can be made up, and only the log itself is checked.
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeLine, isKnownEvent } from "../../../collector/protocol/decode.ts";
import { parseArtifactKey, parseArtifactName, type VerdictPolicy } from "../../../collector/protocol/artifactNames.ts";
import { UserError } from "../errors.ts";
import { ArchiveError } from "./artifactZip.ts";
import type { FollowerOptions } from "./runFollower.ts";
import type { HostedArtifact, HostedSource, RepositoryName } from "./hostedSource.ts";
import { artifactsByJob, type ListedSegment } from "./segmentPlan.ts";

export interface SessionGlance {
  /** Nothing of ours is there, pieces are, the whole log is, or it was and GitHub has it no more. */
  readonly log: "none" | "pieces" | "whole" | "expired";
  /** Undefined where that is not known until the log is opened. */
  readonly policy: VerdictPolicy | undefined;
  readonly findings: number | undefined;
  /** Destinations that the policy does not allow. */
  readonly denied: number | undefined;
  /** The record says of itself that it is not whole. */
  readonly broken: boolean;
}

export interface GlancesOptions extends Pick<FollowerOptions, "unpack"> {
  /** For archives, while they are read. */
  readonly folder: string;
}

/** Which session is meant. */
export interface GlancedSession extends RepositoryName {
  readonly id: number;
  readonly attempt: number;
}

/** A larger piece is none of ours, or too much for a glance. */
const MOST_BYTES = 17_000_000;
const MOST_SESSIONS = 200;
const TOLD = /"type":"(?:run\.start|enforcement)"/;

/** What a piece of a log says of the policy. */
interface PieceFacts {
  readonly mode: string | undefined;
  /** As last told. */
  readonly armed: boolean | undefined;
}

const readPiece = (text: string): PieceFacts => {
  let mode: string | undefined;
  let armed: boolean | undefined;
  for (const line of text.split("\n")) {
    if (!TOLD.test(line.slice(0, 200))) continue;
    const decoded = decodeLine(line);
    if (!decoded.ok || !isKnownEvent(decoded.event)) continue;
    if (decoded.event.type === "run.start") mode = decoded.event.policy.mode;
    else if (decoded.event.type === "enforcement") ({ armed } = decoded.event);
  }
  return { mode, armed };
};

/** Audited, or none. */
const NOT_BLOCK = "not block";

const policyOf = ({ mode, armed }: PieceFacts): VerdictPolicy | undefined => {
  if (mode === undefined) return undefined;
  if (mode === "none") return "none";
  if (mode === "audit") return "audited";
  if (mode === NOT_BLOCK) return undefined;
  return armed === undefined ? undefined : armed ? "enforced" : "unenforced";
};

const unknown = { policy: undefined, findings: undefined, denied: undefined, broken: false };

/** What the job's last step has said, of this attempt; undefined where there is nothing, or several say different things. */
const verdictOf = (artifacts: readonly HostedArtifact[], attempt: number): Omit<SessionGlance, "log"> | undefined => {
  const said = artifacts.flatMap(({ name }) => {
    const parsed = parseArtifactName(name);
    return parsed?.kind === "verdict" && parseArtifactKey(parsed.key)?.attempt === attempt ? [parsed] : [];
  });
  const [verdict] = said;
  if (verdict === undefined || said.length > 1) return undefined;
  const { policy, findings, denied, broken } = verdict;
  return { policy, findings, denied, broken };
};

export class SessionGlances {
  readonly #options: GlancesOptions;
  /** What the pieces of sessions that go on have said. */
  readonly #pieces = new Map<string, PieceFacts>();

  constructor(options: GlancesOptions) {
    this.#options = options;
  }

  /** Throws what the source throws. Costs one question, and one or two more while a monitored session goes on. */
  async at(source: HostedSource, session: GlancedSession, signal?: AbortSignal): Promise<SessionGlance> {
    const asking = signal === undefined ? {} : { signal };
    const { items } = await source.artifacts(session, session.id, { ...asking, pages: 1 });
    const jobs = [...artifactsByJob(items).values()].filter(
      ({ key }) => parseArtifactKey(key)?.attempt === session.attempt,
    );
    const said = verdictOf(items, session.attempt) ?? unknown;
    if (jobs.some(({ log }) => log?.expired === false)) return { log: "whole", ...said };
    if (jobs.some(({ log }) => log !== undefined)) return { log: "expired", ...said };
    const segments = jobs.flatMap((job) => job.segments);
    if (segments.length === 0) return { log: "none", ...unknown };
    const there = segments.filter(({ artifact }) => !artifact.expired);
    if (there.length === 0) return { log: "expired", ...unknown };
    return { log: "pieces", ...unknown, policy: await this.#policyOf(source, session, there, signal) };
  }

  async #policyOf(
    source: HostedSource,
    session: GlancedSession,
    segments: readonly ListedSegment[],
    signal: AbortSignal | undefined,
  ): Promise<VerdictPolicy | undefined> {
    const { owner, name, id, attempt } = session;
    const key = `${owner}/${name}/${id}.${attempt}`.toLowerCase();
    let facts = this.#pieces.get(key) ?? { mode: undefined, armed: undefined };
    const first = segments.find((segment) => segment.first === 1);
    if (facts.mode === undefined && first !== undefined) {
      facts = await this.#read(source, session, first.artifact, signal);
    }
    const newest = segments.at(-1);
    // Of a long session the first piece is pages away. Where a policy is enforced, each piece says so, and no other does.
    if (facts.mode === undefined && first === undefined && newest !== undefined) {
      const { armed } = await this.#read(source, session, newest.artifact, signal);
      facts = armed === undefined ? { mode: NOT_BLOCK, armed } : { mode: "block", armed };
    } else if (facts.mode === "block" && newest !== undefined && newest !== first) {
      const { armed } = await this.#read(source, session, newest.artifact, signal);
      facts = { mode: facts.mode, armed: armed ?? facts.armed };
    }
    if (this.#pieces.size >= MOST_SESSIONS) this.#pieces.clear();
    this.#pieces.set(key, facts);
    return policyOf(facts);
  }

  /** A piece that can't be read says nothing. */
  async #read(
    source: HostedSource,
    repository: RepositoryName,
    { id, sha256 }: HostedArtifact,
    signal: AbortSignal | undefined,
  ): Promise<PieceFacts> {
    const { folder } = this.#options;
    const path = join(folder, `${randomUUID()}.zip`);
    try {
      // Nothing may have been followed yet, whose copy would be there.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const options = { maxBytes: MOST_BYTES, sha256, ...(signal === undefined ? {} : { signal }) };
      await source.downloadArtifact(repository, id, path, options);
      const parts: Buffer[] = [];
      for await (const part of this.#options.unpack(path, { maxBytes: MOST_BYTES })) parts.push(part);
      return readPiece(Buffer.concat(parts).toString("utf8"));
    } catch (error) {
      const isOfPiece = error instanceof UserError && !error.failure.retry && error.failure.code.startsWith("artifact");
      if (error instanceof ArchiveError || isOfPiece) return { mode: undefined, armed: undefined };
      throw error;
    } finally {
      await rm(path, { force: true });
    }
  }
}
