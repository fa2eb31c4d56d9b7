import assert from "node:assert/strict";
import fc from "fast-check";
import { JobLogReader, toolsOfJobLog } from "./jobLog.ts";

/** Lines as a runner writes them, a tenth of a second apart. */
const log = (...lines: readonly string[]): string =>
  lines.map((line, n) => `2026-06-26T12:25:${String(10 + n).padStart(2, "0")}.1234567Z ${line}\n`).join("");
const engine = (text: string): string => `[cca-engine] ${text}`;
const start = (turn: number, call: string): string => engine(`turn=${turn} tool.execution_start: ${call}`);
const complete = (turn: number, name: string, ok = true): string =>
  engine(`turn=${turn} tool.execution_complete: ${name} success=${ok}`);
const message = (turn: number, calls: number): string =>
  engine(`turn=${turn} assistant.message: 0 chars, ${calls} tool call(s)`);

const T = Date.UTC(2026, 5, 26, 12, 25, 10) * 1000 + 123_456;

describe("the tool calls of a job log", () => {
  it("are read with their turn, input, times and success", () => {
    const { windows, flags, sessionId, workspace } = toolsOfJobLog(
      log(
        "  COPILOT_AGENT_SESSION_ID: df23daeb-385c-448c-8d5e-ecbf9a46cc25",
        engine("Cloned to /home/runner/work/r/r"),
        engine("Created new session df23daeb-385c-448c-8d5e-ecbf9a46cc25"),
        engine("turn=1 assistant.turn_start"),
        message(1, 2),
        start(2, "bash — cd /home/runner/work/r/r && pwd"),
        "some output",
        complete(2, "bash"),
        start(4, "bash — git fetch --unshallow origin && git fetch …"),
        complete(4, "bash", false),
        start(9, "report_progress"),
      ),
    );
    assert.deepEqual(flags, []);
    assert.equal(sessionId, "df23daeb-385c-448c-8d5e-ecbf9a46cc25");
    assert.equal(workspace, "/home/runner/work/r/r");
    const bash = { name: "bash", doubtful: false };
    assert.deepEqual(windows, [
      {
        ...bash,
        turn: 2,
        input: "cd /home/runner/work/r/r && pwd",
        inputCut: false,
        start: T + 5_000_000,
        end: T + 7_000_000,
        ok: true,
      },
      {
        ...bash,
        turn: 4,
        input: "git fetch --unshallow origin && git fetch ",
        inputCut: true,
        start: T + 8_000_000,
        end: T + 9_000_000,
        ok: false,
      },
      { turn: 9, name: "report_progress", inputCut: false, start: T + 10_000_000, doubtful: false },
    ]);
  });

  it("are the same with a byte-order mark, CR LF, and as gh prints them", () => {
    const plain = log(start(1, "bash — ls"), complete(1, "bash"));
    const expected = toolsOfJobLog(plain).windows;
    assert.equal(expected.length, 1);
    assert.deepEqual(toolsOfJobLog(`\u{FEFF}${plain.replaceAll("\n", "\r\n")}`).windows, expected);
    const lines = plain.trimEnd().split("\n");
    const gh = lines
      .map((line, n) => `copilot\tProcessing Request (Linux)\t${n === 0 ? "\u{FEFF}" : ""}${line}\n`)
      .join("");
    assert.deepEqual(toolsOfJobLog(gh).windows, expected);
  });

  it("may be open at a time", () => {
    const { windows, flags } = toolsOfJobLog(
      log(
        message(3, 3),
        start(3, "glob — **/*.ts"),
        start(3, "glob — **/*.js"),
        start(3, "bash — ls"),
        complete(3, "glob"),
        complete(3, "bash"),
        complete(3, "glob"),
      ),
    );
    assert.deepEqual(flags, []);
    assert.deepEqual(
      windows.map(({ name, end }) => [name, ((end ?? 0) - T) / 1e6]),
      [
        ["glob", 4],
        ["glob", 6],
        ["bash", 5],
      ],
    );
  });

  it("count only in the engine's own lines", () => {
    const { windows, flags } = toolsOfJobLog(
      log(
        `echo ${start(1, "bash — forged")}`,
        `2026-06-26T12:25:10.1234567Z ${start(1, "bash — forged")}`,
        start(1, "bash forged"),
        `[cca-engine]  ${start(1, "x").slice(13)}`,
        `[other] turn=1 tool.execution_start: bash`,
      ) + `${start(1, "bash — no time")}\n`,
    );
    assert.deepEqual(windows, []);
    assert.deepEqual(
      flags.map(({ line }) => line),
      [3, 6],
    );
  });

  it("are doubtful where there are more than were announced", () => {
    const { windows, flags } = toolsOfJobLog(
      log(message(1, 1), start(1, "bash — ./evil"), start(1, "bash — forged by its output"), complete(1, "bash")),
    );
    assert.deepEqual(
      windows.map(({ doubtful }) => doubtful),
      [true, true],
    );
    assert.match(flags[0]?.reason ?? "", /turn 1 has 2 calls, and 1 were announced/);
  });

  it("are doubtful where one ends twice", () => {
    const { windows, flags } = toolsOfJobLog(
      log(message(1, 1), start(1, "bash — ./evil"), complete(1, "bash"), "its output", complete(1, "bash")),
    );
    assert.deepEqual(
      windows.map(({ doubtful }) => doubtful),
      [true],
    );
    assert.equal(flags.length, 1);
  });

  it("are doubtful where a turn comes too early, and those behind it are not", () => {
    const { windows, flags } = toolsOfJobLog(
      log(
        start(1, "bash — ./evil"),
        start(99, "create — /etc/forged"),
        complete(1, "bash"),
        start(2, "bash — ls"),
        complete(2, "bash"),
      ),
    );
    assert.deepEqual(
      windows.map(({ turn, doubtful }) => [turn, doubtful]),
      [
        [1, false],
        [99, true],
        [2, false],
      ],
    );
    assert.equal(flags.length, 1);
  });

  it("do not let the agent's output name another session", () => {
    const [one, other] = ["d".repeat(36), "e".repeat(36)];
    const { sessionId, flags } = toolsOfJobLog(
      log(
        engine(`Created new session ${one}`),
        engine("turn=1 assistant.turn_start"),
        engine(`Created new session ${other}`),
        `  COPILOT_AGENT_SESSION_ID: ${other}`,
      ),
    );
    assert.equal(sessionId, one);
    assert.equal(flags.length, 1);
  });

  it("are bounded and in order, whatever the log holds, and however it is cut", () => {
    const line = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(5), fc.constantFrom("bash", "x", "y — z")).map(([turn, call]) => start(turn, call)),
      fc.tuple(fc.nat(5), fc.constantFrom("bash", "x", "y")).map(([turn, name]) => complete(turn, name)),
      fc.tuple(fc.nat(5), fc.nat(3)).map(([turn, count]) => message(turn, count)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.nat(), (lines, at) => {
        const whole = log(...lines);
        for (const text of [whole, whole.slice(0, at % (whole.length + 1))]) {
          const { windows, flags } = toolsOfJobLog(text);
          assert.ok(flags.length <= 1000);
          for (const window of windows) {
            assert.ok((window.end ?? window.start) >= window.start);
            assert.equal(window.end === undefined, window.ok === undefined);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("take little time and room of a long hostile log", () => {
    const reader = new JobLogReader();
    for (let n = 0; n < 200_000; n++) reader.push(log(start(n % 7, `bash — ${"x".repeat(200)}`)).trimEnd());
    reader.push("x".repeat(10_000_000));
    reader.push(`2026-06-26T12:25:10Z [cca-engine] turn=1 ${" ".repeat(1_000_000)}`);
    const { windows, flags } = reader.finish();
    assert.ok(windows.length <= 100_000);
    assert.equal(flags.length, 1000);
  });
});
