// `runglass export LOG`: a recorded run as a file for others: a report, its requests, its findings, or the checked log.
import { UserError } from "../errors.ts";
import { closeFd } from "../log/fileAccess.ts";
import { openLogFile, type OpenFile } from "../log/openLogFile.ts";
import { scanLog } from "../log/scanLog.ts";
import { logVerifier } from "../log/verifyLog.ts";
import type { Verification } from "../../report/logVerifier.ts";
import { runReport, type ReportFormat } from "../../report/runReport.ts";
import { describeVerification } from "../../report/verificationText.ts";
import { nearestName } from "../../policy/nearestName.ts";
import { parseOptions, type Command } from "../options.ts";
import { say } from "../run/say.ts";
import { VERSION } from "../version.ts";
import { replaceable, reportFile, type ReportFile } from "./reportFile.ts";

const FORMATS = ["markdown", "har", "sarif", "ndjson"] as const;
type Format = (typeof FORMATS)[number];

const usage = `Usage: runglass export LOG --format markdown|har|sarif|ndjson [--output FILE]

Makes a file for others of a recorded run log; without --output on standard output. VS Code makes the same by
"Runglass: Export Run…".

  --format markdown   a report for people (longer lists than those of "runglass summary")
  --format har        the HTTP requests as HAR 1.2; who asked, and in which step, is in fields that begin with "_"
  --format sarif      the findings, and what the policy does not allow, as SARIF 2.1.0
  --format ndjson     the log itself, byte for byte, if each line of it is as it was written
  --output FILE       FILE is replaced when all is written, and readable by its owner only

Whether the seals of the log hold is said on standard error. Exit code 1: they do not.`;

const parseFormat = (text: string | undefined): Format => {
  const all = FORMATS.join(", ");
  if (text === undefined) throw new UserError(`export: name a --format: one of ${all}`, 2);
  const format = FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  const near = nearestName(text, FORMATS);
  throw new UserError(
    `export: unknown format "${text}": ${near === undefined ? `use one of ${all}` : `did you mean "${near}"?`}`,
    2,
  );
};

/** Bytes that are written before the reading of the log waits for them. */
const AHEAD = 1 << 20;

interface Exported {
  readonly verification: Verification;
  readonly notice: string | undefined;
}

const writeExport = async (file: OpenFile, format: Format, output: ReportFile): Promise<Exported> => {
  const verifier = logVerifier();
  let ahead = 0;
  const write = (data: string | Uint8Array): void => {
    ahead += data.length;
    output.write(data);
  };
  const drained = async (): Promise<void> => {
    if (ahead < AHEAD) return;
    ahead = 0;
    await output.drained();
  };
  const report = format === "ndjson" ? undefined : runReport(format satisfies ReportFormat, VERSION, write);
  const scanned = await scanLog(file, {
    onLine: (event, bytes) => {
      verifier.take(event, bytes);
      if (report === undefined) write(Uint8Array.from(bytes));
      else report.take(event);
    },
    onPosition: drained,
  });
  const { notice } = scanned;
  const verification = verifier.finish(scanned);
  await report?.finish({ file: file.path, notice, verification, drained });
  return { verification, notice };
};

const run = async (argv: readonly string[]): Promise<number> => {
  const options = { format: { type: "string" }, output: { type: "string" } } as const;
  const { values, positionals } = parseOptions("export", argv, options);
  const format = parseFormat(values.format);
  const [path, ...more] = positionals;
  if (path === undefined) throw new UserError('export: name the run log: see "runglass export --help"', 2);
  if (more.length > 0) throw new UserError("export: one log at a time: run it once for each", 2);
  const file = await openLogFile(path);
  let output: ReportFile | undefined;
  try {
    output = reportFile(values.output === undefined ? undefined : await replaceable(values.output, file.fd));
    const { verification, notice } = await writeExport(file, format, output);
    await output.finish();
    if (notice !== undefined) say(notice);
    say(`${path}: ${describeVerification(verification)}`);
    return verification.verdict === "broken" ? 1 : 0;
  } catch (error) {
    await output?.abandon();
    throw error;
  } finally {
    await closeFd(file.fd).catch(() => undefined);
  }
};

export const exportRun: Command = {
  name: "export",
  summary: "makes a report, HAR, SARIF or a copy of a log",
  usage,
  run,
};
