import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { NetClose, NetConnect, ProcessExec, RunEvent } from "../../../collector/protocol/events.ts";
import { toolsOfJobLog } from "../../../collector/protocol/jobLog.ts";
import { ChangeIndex } from "../../src/diff/changeIndex.ts";
import { CONFIDENT } from "../../src/diff/changes.ts";
import { pullChanges } from "../../src/diff/pullChanges.ts";
import { relate } from "../../src/diff/relate.ts";
import { RepositoryRoots } from "../../src/diff/repositoryRoots.ts";
import { RunFacts } from "../../src/diff/runFacts.ts";
import { addedFile } from "../github/copilotPull.ts";
import { STORY } from "./agent/story.ts";
import { filesAfter, filesBefore } from "./content/pullRequest.ts";
import type { TruthLine } from "./servers/truth.ts";
import { makeTmp, readTruth, removeTmp, start } from "./testing.ts";

const RUNGLASS = join(import.meta.dirname, "../../../dist/runglass.js");

type Request = Extract<TruthLine, { type: "http" }>;

/** Which program of the story makes a request: part of its command line. */
const programOf = ({ host, path, method }: Request): RegExp => {
  if (host === "api.github.copilot.com") {
    if (path === "/mcp/readonly") return /^node \S+\/mcp(-proxy-bridge|\/dist)\/index\.js --port/;
    return path.startsWith("/agents/") && method === "GET"
      ? /^curl /
      : /node --enable-source-maps \S+\/dist-cca-v3\/index\.js$/;
  }
  if (host === "npm.pkg.github.com") return /^node \S+\/bin\/npm (install|audit)\b/;
  if (host === "github.com") return /git-remote-https origin |^git remote-https origin /;
  if (host === "azure.archive.ubuntu.com") return /\/apt\/methods\/http$/;
  if (host === "packages.microsoft.com") return /\/apt\/methods\/https$/;
  return /^python3 -m pip install /;
};

const inWorkspace = (path: string): string => path.replace(/^.*\/receipt-ocr\/receipt-ocr\//, "");

describe("a recording of the sample session", () => {
  const tmp = makeTmp();
  const world = join(tmp, "world.json");
  const log = join(tmp, "run.ndjson");
  let truth: TruthLine[] = [];
  let jobLog = "";
  let events: RunEvent[] = [];
  const processes = new Map<string, ProcessExec[]>();

  before(async function () {
    this.timeout(120_000);
    assert.ok(existsSync(RUNGLASS), `${RUNGLASS} is not built`);
    const truthFile = join(tmp, "truth.ndjson");
    const up = start(tmp, ["world.ts", "up", "--file", world, "--truth", truthFile, "--owner", String(process.pid)]);
    assert.equal(await up.ended, 0, up.output());
    const session = join(import.meta.dirname, "session.ts");
    const hooks = ["--hook-socket", join(tmp, "hooks/hook.sock")];
    const command = [process.execPath, session, "--world", world, "--fast"];
    const record = start(tmp, [process.execPath, RUNGLASS, "record", "--out", log, ...hooks, "--", ...command]);
    assert.equal(await record.ended, 0, record.output());
    const { dir } = JSON.parse(readFileSync(world, "utf8")) as { readonly dir: string };
    jobLog = readFileSync(join(dir, "home/runner/work/_temp/job.log"), "utf8");
    assert.equal(await start(tmp, ["world.ts", "down", world]).ended, 0);
    truth = readTruth(truthFile);
    events = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    for (const event of events) {
      if (event.type === "process.exec") processes.set(event.exec.id, [...(processes.get(event.exec.id) ?? []), event]);
    }
  });
  after(() => removeTmp(tmp));

  const execs = (): ProcessExec["exec"][] => [...processes.values()].flat().map((event) => event.exec);
  const connects = (): NetConnect[] => events.filter((event) => event.type === "net.connect");
  /** The connection whose near end a server saw. */
  const connectFrom = (client: { ip: string; port: number }): NetConnect | undefined =>
    connects().find(
      ({ flow }) => flow.protocol === "tcp" && flow.local.ip === client.ip && flow.local.port === client.port,
    );
  /** A process and those above it, by the names of their executables, up to the runner's worker. */
  const chainOf = (id: string | undefined): string[] => {
    const exec = id === undefined ? undefined : processes.get(id)?.at(-1)?.exec;
    return exec ? [basename(exec.exe), ...chainOf(exec.parent)] : [];
  };

  it("has every program of the story, below the runner's worker", () => {
    for (const program of [
      "node",
      "git",
      "git-remote-http",
      "apt-get",
      "http",
      "store",
      "gpgv",
      "padawan-fw",
      "bash",
      "curl",
      "openssl",
    ]) {
      const found = execs().find((exec) => basename(exec.exe) === program);
      // Debian's apt checks signatures with gpgv, later ones with sqv.
      const sqv = program === "gpgv" && execs().some((exec) => basename(exec.exe) === "sqv");
      assert.ok(found ?? sqv, program);
    }
    const pip = execs().find((exec) => exec.argv.includes("pip"));
    assert.match(chainOf(pip?.id).join(" < "), /^python3[\d.]* < padawan-fw < bash < bash < Runner\.Worker < node/);
    const ocr = execs().find((exec) => exec.argv.join(" ").startsWith("python3 -m ocr samples/"));
    assert.match(
      chainOf(ocr?.id).join(" < "),
      /^python3[\d.]* < bash < node < padawan-fw < bash < bash < Runner\.Worker < node/,
    );
    assert.ok(ocr?.cwd.endsWith("/work/receipt-ocr/receipt-ocr"));
  });

  it("has an exit for each process, with the failing test run's exit code", () => {
    const exits = events.filter((event) => event.type === "process.exit");
    const ended = new Set(exits.map((event) => event.process));
    assert.deepEqual(
      execs()
        .filter((exec) => !ended.has(exec.id))
        .map((exec) => exec.argv),
      [],
    );
    const testRuns = execs().filter((exec) => exec.argv.includes("unittest"));
    const codes = testRuns.map((exec) => exits.find((event) => event.process === exec.id)?.exit.code);
    assert.deepEqual(codes, [1, 0]);
  });

  it("gives every request that the servers saw to the right program and the right host", () => {
    const requests = truth.filter((line) => line.type === "http");
    assert.ok(requests.length > 50);
    for (const request of requests) {
      const what = `${request.method} ${request.host}${request.path} from ${request.client.ip} port ${request.client.port}`;
      const connect = connectFrom(request.client);
      assert.ok(connect, `${what} is in the recording`);
      assert.deepEqual(connect.flow.remote, request.server, what);
      assert.equal(connect.host?.name, request.host, what);
      // A busy client may say hello late; then its name is the one that DNS gave.
      assert.ok(connect.host.source === "dns" || (connect.host.source === "sni" && request.server.port === 443), what);
      assert.match(connect.result, /^(ok|EINPROGRESS)$/, what);
      const commands = processes.get(connect.process ?? "")?.map((event) => event.exec.argv.join(" "));
      assert.match(commands?.at(-1) ?? "", programOf(request), what);
    }
  });

  it("takes the names of most TLS connections from their hello", () => {
    const web = connects().filter(({ flow }) => flow.remote.port === 443);
    const said = web.filter(({ host }) => host?.source === "sni");
    assert.ok(said.length > web.length / 2, `${said.length} of ${web.length}`);
  });

  it("has each request that the servers saw, in clear text and inside TLS, and no other", () => {
    const flows = new Map(connects().map(({ flow }) => [flow.id, flow]));
    const seen: string[] = [];
    for (const event of events) {
      if (event.type !== "http.request") continue;
      const flow = flows.get(event.flow?.id ?? "");
      // The agent also speaks to its own servers on the same machine.
      if (flow?.remote.ip.startsWith("127.")) continue;
      const { method, host, path, tls } = event.http;
      seen.push(`${tls === "none" ? "http" : "https"} ${method} ${host}${path} from ${flow?.local.port}`);
      const commands = processes.get(event.process ?? "")?.map(({ exec }) => exec.argv.join(" "));
      const request = truth.find(
        (line) => line.type === "http" && line.client.port === flow?.local.port && line.client.ip === flow.local.ip,
      );
      assert.match(commands?.at(-1) ?? "", programOf(request as Request), JSON.stringify(event));
    }
    const served: string[] = [];
    for (const line of truth) {
      if (line.type !== "http") continue;
      const scheme = line.server.port === 80 ? "http" : "https";
      const path = line.path.replace(/\?.*/, "?***");
      served.push(`${scheme} ${line.method} ${line.host}${path} from ${line.client.port}`);
    }
    assert.ok(served.some((line) => line.startsWith("https ")));
    assert.deepEqual(seen.sort(), served.sort());
  });

  it("has no connection to a server that the servers did not see", () => {
    const opened = truth.filter((line) => line.type === "tcp.open").map(({ client }) => `${client.ip} ${client.port}`);
    const web = connects().filter(({ flow }) => flow.protocol === "tcp" && [80, 443].includes(flow.remote.port));
    assert.deepEqual(web.map(({ flow }) => `${flow.local.ip} ${flow.local.port}`).sort(), opened.sort());
  });

  it("counts the bytes that the servers count", () => {
    const closes = new Map(
      events.filter((event) => event.type === "net.close").map((event): [string, NetClose] => [event.flow.id, event]),
    );
    for (const line of truth.filter((one) => one.type === "tcp.close")) {
      const close = closes.get(connectFrom(line.client)?.flow.id ?? "");
      assert.equal(close?.bytesSent, line.received, JSON.stringify(line));
      // The servers' good-bye (a TLS alert) reaches clients that have closed already.
      const unread = line.sent - (close?.bytesReceived ?? 0);
      assert.ok(unread >= 0 && unread <= 64, `${unread} bytes unread: ${JSON.stringify(line)}`);
    }
  });

  it("has what the agent's firewall says, with the query or connection that it is about", () => {
    const said = events.filter((event) => event.type === "firewall");
    const about = said.map((event) => {
      const call = events.find(({ seq }) => seq === event.about);
      const program = basename(processes.get(event.process ?? "")?.at(-1)?.exec.exe ?? "");
      const { verdict, at, names } = event.firewall;
      assert.equal(call?.process, event.process);
      assert.equal(event.step, "processing-request");
      return [verdict, at, names.join(), call?.type, program.replace(/[\d.]+$/, "")].join(" ");
    });
    assert.deepEqual(about.sort(), [
      "allowed http files.pythonhosted.org http.request python",
      "allowed http pypi.org http.request python",
      "blocked dns esm.ubuntu.com dns.query curl",
    ]);
    const coverage = events.filter((event) => event.type === "coverage" && event.hook === "firewall-log");
    assert.deepEqual(
      coverage.map((event) => event.type === "coverage" && event.state),
      ["on"],
    );
  });

  it("has each step of the job, with its name and end", () => {
    const ends = events.filter((event) => event.type === "step.end");
    assert.deepEqual(
      ends.map(({ stepInfo: { id, number, name }, conclusion }) => [id, number, name, conclusion]).slice(0, -1),
      [
        ["install-packages", 2, "Install system packages", "success"],
        ["initialize", 3, "Initialize", "success"],
        ["validate-runner", 4, "Validate runner OS", "success"],
        ["prepare", 5, "Prepare Copilot (Linux)", "success"],
        ["firewall-ca", 6, "Generate agent firewall CA (Linux)", "success"],
        ["start-mcp-servers", 7, "Start MCP Servers (Linux)", "success"],
        ["processing-request", 8, "Processing Request (Linux)", "success"],
        ["clean-up", 9, "Clean Up (Linux)", "success"],
      ],
    );
    const starts = events.filter((event) => event.type === "step.start");
    assert.deepEqual(
      starts.slice(1).map(({ stepInfo }) => stepInfo.name),
      ends.slice(0, -1).map(({ stepInfo }) => stepInfo.name),
    );
    assert.deepEqual([starts[0]?.stepInfo.id, ends.at(-1)?.stepInfo.id], ["command", "command"]);
  });

  it("gives every event of a process to the step that it descends from", () => {
    /** The step whose script is the last program of a process below the worker, or of one above that. */
    const stepOf = (id: string | undefined): string => {
      const exec = id === undefined ? undefined : processes.get(id)?.[0]?.exec;
      if (exec === undefined) return "command";
      const [, step] = /^bash -e \S+\/_temp\/([\w-]+)\.sh$/.exec(exec.argv.join(" ")) ?? [];
      return step ?? stepOf(exec.parent);
    };
    const counts = new Map<string, number>();
    for (const event of events) {
      if (event.process === undefined) continue;
      const step = stepOf(event.process);
      assert.equal(event.step, step, JSON.stringify(event));
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
    assert.equal(counts.size, 9);
  });

  it("keeps the step of the servers that outlive it, as detached", () => {
    const servers = execs().filter((exec) =>
      /^node \S+\/mcp(-proxy-bridge|\/dist)\/index\.js --port/.test(exec.argv.join(" ")),
    );
    const end = events.find((event) => event.type === "step.end" && event.stepInfo.id === "start-mcp-servers");
    assert.equal(servers.length, 2);
    for (const { id } of servers) {
      const own = events.filter((event) => event.process === id);
      assert.ok(own.some((event) => event.t > (end?.t ?? 0)));
      for (const event of own) {
        assert.equal(event.step, "start-mcp-servers");
        // Its script ends a moment before its step.
        if (event.detached !== true) assert.ok(event.t <= (end?.t ?? 0), JSON.stringify(event));
      }
      assert.equal(own.at(-1)?.detached, true);
    }
  });

  it("has each question to the resolver, with its answer", () => {
    const asked = truth.filter((line) => line.type === "dns").map(({ name, qtype }) => `${name} ${qtype}`);
    const queries = events.filter((event) => event.type === "dns.query");
    const seen = queries
      .filter(({ dns }) => ["A", "AAAA"].includes(dns.qtype))
      .map(({ dns }) => `${dns.name} ${dns.qtype}`);
    assert.deepEqual(seen.sort(), asked.filter((one) => /\b(A|AAAA)$/.test(one)).sort());
    const github = queries.find(({ dns }) => dns.name === "github.com" && dns.qtype === "A");
    assert.ok(github?.dns.answers.some((answer) => answer.includes("192.0.2.20")));
  });

  it("has the agent's changes to the workspace", () => {
    const writes = events.filter((event) => event.type === "file.write");
    const changes = new Set(writes.map(({ file }) => `${file.op} ${inWorkspace(file.path)}`));
    for (const change of [
      "create ocr/segment.py",
      "create ocr/segment.py.tmp",
      "rename ocr/segment.py",
      "chmod bin/ocr",
      "create notes.txt",
      "unlink notes.txt",
      "create report.html",
      "link report-latest.html",
      "rename samples/amounts.json",
      "create package-lock.json",
    ]) {
      assert.ok(changes.has(change), `${change} is in the recording`);
    }
  });

  it("has each tool call of the story, and gives what the agent did to the right one", () => {
    const story = STORY.flat();
    const starts = events.filter((event) => event.type === "tool.start");
    const ends = events.filter((event) => event.type === "tool.end");
    assert.deepEqual(
      starts.map(({ toolInfo }) => toolInfo.name),
      story.map(({ tool }) => tool),
    );
    assert.deepEqual(
      ends.map(({ toolInfo, ok }) => [toolInfo.id, ok]),
      starts.map(({ toolInfo }) => [toolInfo.id, true]),
    );
    const callOf = new Map(starts.map(({ toolInfo }, index) => [toolInfo.id, story[index]]));
    const commandOf = (tool: string | undefined): string => {
      const call = callOf.get(tool ?? "");
      return call?.tool === "bash" ? call.command : "";
    };

    const shell = execs().find((exec) => exec.argv.join(" ") === "bash --noprofile --norc");
    const below = (id: string | undefined): boolean => {
      const exec = id === undefined ? undefined : processes.get(id)?.[0]?.exec;
      return exec !== undefined && (exec.parent === shell?.id || below(exec.parent));
    };
    let inCalls = 0;
    for (const event of events) {
      if (event.type.startsWith("tool.") || event.process === undefined) continue;
      const what = JSON.stringify(event).slice(0, 300);
      if (below(event.process)) {
        inCalls++;
        assert.notEqual(commandOf(event.tool), "", what);
        assert.equal(event.toolGuess, undefined, what);
        if (event.type === "process.exec" && event.exec.parent === shell?.id && event.exec.forked !== true) {
          const words = event.exec.argv.slice(0, 3).map((word) => basename(word));
          assert.ok(
            words.some((word) => commandOf(event.tool).includes(word)),
            what,
          );
        }
      } else if (event.process !== shell?.id && event.type !== "file.write") assert.equal(event.tool, undefined, what);
    }
    assert.ok(inCalls > 100);

    const changes: Readonly<Record<string, string>> = {
      "create ocr/segment.py": "create",
      "rename ocr/segment.py": "str_replace",
      "create bin/ocr": "create",
      "chmod bin/ocr": "create",
      "unlink notes.txt": "remove",
      "create report.html": "bash",
      "rename samples/amounts.json": "bash",
    };
    for (const [change, tool] of Object.entries(changes)) {
      const found = events.find(
        (event) => event.type === "file.write" && `${event.file.op} ${inWorkspace(event.file.path)}` === change,
      );
      assert.equal(callOf.get(found?.tool ?? "")?.tool, tool, change);
    }
  });

  it("has the tool calls that the job's log tells of, within the times that it gives", () => {
    const { windows, flags } = toolsOfJobLog(jobLog);
    assert.deepEqual(flags, []);
    const starts = events.filter((event) => event.type === "tool.start");
    assert.deepEqual(
      windows.map(({ name, ok, doubtful }) => [name, ok, doubtful]),
      starts.map(({ toolInfo }) => [toolInfo.name, true, false]),
    );
    // The story calls one tool after the other; the runner reads the engine's lines when it comes to it.
    for (const [index, { start: from }] of windows.entries()) {
      assert.ok(index === 0 || from >= (windows[index - 1]?.end ?? Infinity));
      assert.ok(index === 0 || from >= (starts[index - 1]?.t ?? Infinity));
    }
  });

  it("leads from its events to the lines of its pull request", () => {
    const before = filesBefore();
    const files = [...filesAfter()]
      .filter(([path, data]) => before.get(path)?.equals(data) !== true)
      .map(([path, data]) => addedFile(path, data.toString("utf8")));
    const facts = new RunFacts();
    for (const event of events) facts.take(event);
    const around = { facts, roots: new RepositoryRoots(facts), changes: new ChangeIndex(pullChanges(files, [])) };
    const lineOf = (event: RunEvent | undefined): readonly unknown[] => {
      assert.ok(event !== undefined);
      const [best] = relate(event, around).candidates;
      return [best?.path, best?.line, (best?.score ?? 0) >= CONFIDENT];
    };
    const pip = [...processes.values()].flat().find(({ exec }) => /-m pip install/.test(exec.argv.join(" ")));
    assert.deepEqual(lineOf(pip), ["requirements.txt", 2, true]);
    const asked = events.find((event) => event.type === "http.request" && event.http.path.includes("/octo-glyphs"));
    assert.deepEqual(lineOf(asked), ["requirements.txt", 3, true]);
    const written = events.find(
      (event) => event.type === "file.write" && inWorkspace(event.file.path) === "ocr/segment.py",
    );
    assert.deepEqual(lineOf(written), ["ocr/segment.py", 1, true]);
  });

  it("ends whole: nothing lost, and no token in it", () => {
    const end = events.at(-1);
    assert.ok(end?.type === "run.end" && end.lost === 0);
    assert.doesNotMatch(readFileSync(log, "utf8"), /ghs_[0-9a-f]{36}/);
  });
});
