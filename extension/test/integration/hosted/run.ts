// Loaded by VS Code in the extension host. Runs every test module below and writes what came of it.
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** VS Code calls it; it resolves when all is run, whatever came of it. */
export const run = async (): Promise<void> => {
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, forbidOnly: true, forbidPending: true, reporter: "min" });
  mocha.suite.emit("pre-require", globalThis, "hosted", mocha);
  // In this order: activation connects to the collector.
  await import("./activationTests.ts");
  await import("./collectorTests.ts");
  await import("./runLogTests.ts");
  await import("./policyTests.ts");
  const results: { path: string[]; error?: string }[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("pass", (test) => results.push({ path: test.titlePath() }));
    runner.on("fail", (test, error: Error) => {
      results.push({ path: test.titlePath(), error: error.stack ?? error.message });
    });
  });
  const path = process.env["RUNGLASS_HOSTED_RESULTS"];
  if (path === undefined) throw new Error("RUNGLASS_HOSTED_RESULTS is not set.");
  writeFileSync(path, JSON.stringify(results));
};
