// How requests to GitHub go out: to its API's origin only, conditional, bounded in size and time, and not at all while GitHub wants
// to be left alone. What octokit is given as `fetch`.
import { UserError } from "../errors.ts";
import type { RateLimit } from "./gitHubClient.ts";
import { notGitHub, rateLimited, slowDownAsked } from "./failures.ts";
import type { GitHubSite } from "./site.ts";

interface Kept {
  readonly etag: string;
  readonly body: Buffer;
  readonly headers: Headers;
}

const TIMEOUT_MS = 30_000;
const LONGEST_ANSWER = 40_000_000;
const MOST_KEPT_BYTES = 30_000_000;
const MOST_REDIRECTS = 3;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** GitHub asks for at least a minute where it does not say how long. */
const DEFAULT_PAUSE_MS = 60_000;
const SAME_CLOCK_MS = 5_000;
const LONGEST_PAUSE_MS = HOUR_MS;

/** Milliseconds that GitHub's clock is ahead of this machine's; 0 where it does not say. */
const clockAhead = (headers: Headers, now: number): number => {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isFinite(date) ? date - now : 0;
};

const numberIn = (headers: Headers, name: string): number | undefined => {
  const text = headers.get(name);
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
};

export class Transport {
  rateLimit: RateLimit | undefined;
  pausedUntil = 0;
  readonly #site: GitHubSite;
  readonly #origin: string;
  readonly #now: () => number;
  /** By address, the latest used last. */
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;
  /** Billed requests by minute since the epoch. */
  readonly #billed = new Map<number, number>();
  #pauseIsSecondary = false;

  constructor(site: GitHubSite, now: () => number) {
    this.#site = site;
    this.#origin = new URL(site.api).origin;
    this.#now = now;
  }

  get billedLastHour(): number {
    const oldest = Math.floor((this.#now() - HOUR_MS) / MINUTE_MS);
    let sum = 0;
    for (const [minute, count] of this.#billed) if (minute > oldest) sum += count;
    return sum;
  }

  /** As `fetch`; throws a `UserError` instead of asking while GitHub wants to be left alone, and for what is asked elsewhere. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    this.#refuseWhilePaused();
    const headers = new Headers(init.headers);
    const isGet = (init.method ?? "GET").toUpperCase() === "GET";
    const kept = isGet ? this.#kept.get(url.href) : undefined;
    if (kept !== undefined) headers.set("if-none-match", kept.etag);
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = init.signal instanceof AbortSignal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const answer = await this.#follow(url, { ...init, headers, signal });
    this.#note(answer);
    if (answer.status === 304 && kept !== undefined) {
      await answer.body?.cancel();
      this.#keep(url.href, kept);
      return new Response(new Uint8Array(kept.body), { status: 200, headers: kept.headers });
    }
    // Where it points elsewhere, and a body of none.
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body?.cancel();
      return new Response(null, { status: answer.status, headers: answer.headers });
    }
    const body = await this.#read(answer);
    if (answer.status === 403 || answer.status === 429) this.#pauseIfAsked(answer, body.toString("utf8", 0, 4000));
    const etag = answer.headers.get("etag");
    if (isGet && answer.status === 200 && etag !== null) this.#keep(url.href, { etag, body, headers: answer.headers });
    return new Response(answer.status === 204 || answer.status === 205 ? null : new Uint8Array(body), {
      status: answer.status,
      headers: answer.headers,
    });
  };

  /** GitHub redirects for repositories that were renamed. Where that leads elsewhere is for the caller to see, without the token. */
  async #follow(start: URL, init: RequestInit): Promise<Response> {
    let url = start;
    for (let redirects = 0; ; redirects += 1) {
      if (url.origin !== this.#origin) throw new Error(`A request to ${url.origin} does not belong here.`);
      const answer = await fetch(url, { ...init, redirect: "manual" });
      const location = answer.headers.get("location");
      if (![301, 302, 307, 308].includes(answer.status) || location === null || !URL.canParse(location, url.href))
        return answer;
      const next = new URL(location, url);
      if (next.origin !== this.#origin || redirects === MOST_REDIRECTS) return answer;
      await answer.body?.cancel();
      url = next;
    }
  }

  async #read(answer: Response): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.length;
      if (size > LONGEST_ANSWER) throw new UserError(notGitHub(this.#site.web, "its answer is endless"));
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }

  #refuseWhilePaused(): void {
    if (this.#now() >= this.pausedUntil) return;
    throw new UserError((this.#pauseIsSecondary ? slowDownAsked : rateLimited)(this.pausedUntil));
  }

  /** What an answer says of the limits. */
  #note({ status, headers }: Response): void {
    const now = this.#now();
    if (status !== 304) {
      const minute = Math.floor(now / MINUTE_MS);
      this.#billed.set(minute, (this.#billed.get(minute) ?? 0) + 1);
      for (const old of this.#billed.keys()) if (old <= minute - 61) this.#billed.delete(old);
    }
    const limit = numberIn(headers, "x-ratelimit-limit");
    const remaining = numberIn(headers, "x-ratelimit-remaining");
    const reset = numberIn(headers, "x-ratelimit-reset");
    if (limit !== undefined && remaining !== undefined && reset !== undefined) {
      this.rateLimit = { limit, remaining, resetsAt: reset * 1000 - this.#ahead(headers, now) };
    }
  }

  /** A difference of a second or two is the way of the answer, and not worth another time each time. */
  #ahead(headers: Headers, now: number): number {
    const ahead = clockAhead(headers, now);
    return Math.abs(ahead) < SAME_CLOCK_MS ? 0 : ahead;
  }

  #pauseIfAsked({ status, headers }: Response, said: string): void {
    const now = this.#now();
    const after = numberIn(headers, "retry-after");
    const isSecondary = /secondary rate limit|abuse detection/i.test(said);
    const isUsedUp = numberIn(headers, "x-ratelimit-remaining") === 0 && !isSecondary;
    if (after === undefined && !isSecondary && !isUsedUp && status !== 429) return;
    const until =
      after !== undefined
        ? now + after * 1000
        : isUsedUp
          ? (numberIn(headers, "x-ratelimit-reset") ?? 0) * 1000 - this.#ahead(headers, now)
          : now + DEFAULT_PAUSE_MS;
    this.pausedUntil = Math.min(Math.max(until, now + 1000), now + LONGEST_PAUSE_MS);
    this.#pauseIsSecondary = !isUsedUp;
  }

  #keep(href: string, kept: Kept): void {
    const old = this.#kept.get(href);
    this.#kept.delete(href);
    this.#keptBytes += kept.body.length - (old?.body.length ?? 0);
    this.#kept.set(href, kept);
    for (const [oldest, { body }] of this.#kept) {
      if (this.#keptBytes <= MOST_KEPT_BYTES) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= body.length;
    }
  }
}
