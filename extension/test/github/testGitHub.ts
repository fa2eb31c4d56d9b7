// A repository with a Copilot pull request and a session that has just begun, on a GitHub whose clock the test sets.
import { createGitHubClient } from "../../src/github/octokitClient.ts";
import type { GitHubClient } from "../../src/github/gitHubClient.ts";
import { parseSite } from "../../src/github/site.ts";
import { addCopilotPull, addedFile, addSession, fakeRepository } from "./copilotPull.ts";
import { startFakeGitHub, type FakeGitHub } from "./server.ts";
import { emptyState, FAKE_TOKEN, type FakePull, type FakeRepository, type FakeRun } from "./state.ts";

export const START = Date.parse("2026-06-26T12:24:44Z");

export interface TestGitHub {
  readonly fake: FakeGitHub;
  readonly client: GitHubClient;
  readonly repository: FakeRepository;
  readonly pull: FakePull;
  readonly run: FakeRun;
  /** Of GitHub and of the client. */
  readonly clock: { now: number };
}

/** A client of `fake` with a token that it takes, or with another one. */
export const clientOf = (fake: FakeGitHub, token = FAKE_TOKEN): GitHubClient => {
  const parsed = parseSite(fake.url);
  if (!parsed.ok) throw new Error(parsed.reason);
  return createGitHubClient({ site: parsed.site, token, userAgent: "runglass-tests", now: fake.state.now });
};

export const startTestGitHub = async (): Promise<TestGitHub> => {
  const clock = { now: START };
  const state = emptyState(() => clock.now);
  const repository = fakeRepository("octo-org", "receipt-ocr");
  const files = [addedFile("requirements.txt", "octo-glyphs==1.0\n"), addedFile("ocr/segment.py", "import sys\n")];
  const title = "Read the amounts on receipts";
  const pull = addCopilotPull(repository, { number: 7, title, branch: "copilot/read-receipts", files, at: START });
  const run = addSession(repository, pull, { id: 26_705_165_931, at: START });
  state.repositories.push(repository);
  const fake = await startFakeGitHub({ state });
  return { fake, client: clientOf(fake), repository, pull, run, clock };
};
