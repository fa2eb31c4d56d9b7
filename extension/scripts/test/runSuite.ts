// One suite in a process of its own: `runSuite.ts RESULT TIMEOUT FILE…`. Writes counts and failures to RESULT at the very
// end, so that a process that died before is known to have died.
import { writeFileSync } from "node:fs";
import process from "node:process";
import Mocha from "mocha";

/** One failed test: its name, and what it said, with the place in our own code. */
const describe = (test: Mocha.Runnable, error: Error): string => {
  const said = error.message.split("\n").slice(0, 12);
  const place = error.stack?.split("\n").find((line) => line.includes("file://") && !line.includes("node_modules"));
  return [test.fullTitle(), ...said, ...(place === undefined ? [] : [place.trim()])].join("\n      ").slice(0, 2000);
};

const main = async ([resultPath = "", timeout = "", ...files]: readonly string[]): Promise<void> => {
  const mocha = new Mocha({
    reporter: "spec",
    timeout: Number(timeout),
    forbidOnly: true,
    forbidPending: true,
    color: process.stdout.isTTY,
  });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failed: string[] = [];
  const runner = mocha.run(() => {
    const { passes = 0, failures = 0 } = runner.stats ?? {};
    writeFileSync(resultPath, JSON.stringify({ passed: passes, failed: failures, failures: failed }));
    // What tests left open (sockets, timers) must not keep the suite alive; what they left running is looked for outside.
    process.exit(failures === 0 ? 0 : 1);
  });
  runner.on("fail", (test, error: Error) => failed.push(describe(test, error)));
};

await main(process.argv.slice(2));
