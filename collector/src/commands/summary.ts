// `runglass summary FILE`: a report on a recorded run.
import { UserError } from "../errors.ts";
import { closeFd } from "../log/fileAccess.ts";
import { openLogFile } from "../log/openLogFile.ts";
import { scanLog, type LogVisitor } from "../log/scanLog.ts";
import { describeVerification } from "../../report/verificationText.ts";
import { logVerifier } from "../log/verifyLog.ts";
import type { Verification } from "../../report/logVerifier.ts";
import { nearestName } from "../../policy/nearestName.ts";
import { parseOptions, type Command } from "../options.ts";
import { harWriter } from "../../report/har.ts";
import { renderMarkdown } from "../../report/renderMarkdown.ts";
import { renderSarif } from "../../report/sarif.ts";
import { say } from "../run/say.ts";
import { FOR_PEOPLE, FOR_PROGRAMS } from "../../report/listLimits.ts";
import { RunTally } from "../../report/tally.ts";
import { VERSION } from "../version.ts";
import { standardOutput } from "./standardOutput.ts";

const FORMATS = ["markdown", "json", "har", "sarif"] as const;
type Format = (typeof FORMATS)[number];

const usage = `Usage: runglass summary FILE [--format markdown|json|har|sarif]

Reports on a recorded run log: the programs that ran, where they connected, what they changed, all this by workflow step
and by the agent's tool call too, which secrets they read, the findings, what the collector lost or could not see, and whether the log is as it
was written (see "runglass verify").

  --format markdown   for people, as in a job summary (the default)
  --format json       the same for programs, with longer lists
  --format har        the HTTP requests, as HAR 1.2
  --format sarif      the findings, as SARIF 2.1.0`;

const parseFormat = (text: string): Format => {
  const format = FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  const near = nearestName(text, FORMATS);
  const hint = near === undefined ? `use one of ${FORMATS.join(", ")}` : `did you mean "${near}"?`;
  throw new UserError(`summary: unknown format "${text}": ${hint}`, 2);
};

const run = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseOptions("summary", argv, { format: { type: "string" } });
  const format = parseFormat(values.format ?? "markdown");
  const [path, ...more] = positionals;
  if (path === undefined) throw new UserError('summary: name the run log: see "runglass summary --help"', 2);
  if (more.length > 0) throw new UserError("summary: one log at a time: run it once for each", 2);

  const output = standardOutput();
  const file = await openLogFile(path);
  const verifier = logVerifier();
  const check: Pick<LogVisitor, "onLine"> = { onLine: (event, bytes) => void verifier.take(event, bytes) };
  let notice: string | undefined;
  let verification: Verification;
  try {
    if (format === "har") {
      // Written as it is read; so that no half document is written, a first reading looks for bad lines.
      verification = verifier.finish(await scanLog(file, check));
      const har = harWriter(VERSION, (text) => output.write(text));
      output.write(har.head);
      ({ notice } = await scanLog(file, { onEvent: (event) => har.take(event), onPosition: () => output.drained() }));
      await har.finish(() => output.drained());
      output.write(har.foot);
    } else {
      const tally = new RunTally();
      const scanned = await scanLog(file, { onEvent: (event) => tally.take(event), ...check });
      verification = verifier.finish(scanned);
      ({ notice } = scanned);
      const summary = tally.summary(path, notice, verification, format === "markdown" ? FOR_PEOPLE : FOR_PROGRAMS);
      if (format === "json") output.write(`${JSON.stringify(summary, undefined, 2)}\n`);
      else output.write(format === "sarif" ? renderSarif(summary, VERSION) : renderMarkdown(summary));
    }
  } finally {
    await closeFd(file.fd).catch(() => undefined);
  }
  await output.drained();
  if (notice !== undefined) say(notice);
  if (verification.verdict === "broken") say(`${path}: ${describeVerification(verification)}`);
  return 0;
};

export const summary: Command = { name: "summary", summary: "reports on a recorded run log", usage, run };
