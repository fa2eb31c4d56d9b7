// One suite in a process of its own: `runSuite.ts RESULT TIMEOUT FILE…`. Writes the counts to RESULT at the very end, so
// that a process that died before is known to have died.
import { writeFileSync } from "node:fs";
import process from "node:process";
import Mocha from "mocha";

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
  const runner = mocha.run(() => {
    const { passes = 0, failures = 0 } = runner.stats ?? {};
    writeFileSync(resultPath, JSON.stringify({ passed: passes, failed: failures }));
    // What tests left open (sockets, timers) must not keep the suite alive; what they left running is looked for outside.
    process.exit(failures === 0 ? 0 : 1);
  });
};

await main(process.argv.slice(2));
