// Runs all checks and suites and ends in one line that says how many tests passed and failed.
import process from "node:process";
import { isRoot } from "../setup/administrator.mjs";
import { elapsed } from "../setup/progress.mjs";
import { giveBackFiles } from "./ownership.ts";
import { runCheck, runSuite, stopAll, type Result } from "./suiteProcess.ts";
import { checks, suites, type Suite } from "./suites.ts";

const names = [...checks, ...suites].map(({ name }) => name);

const usage = `npm test [-- --only NAME[,NAME…]]   one or more of: ${names.join(", ")}`;

/** @returns the names to run, or undefined where the arguments are wrong */
const selection = (args: readonly string[]): readonly string[] | undefined => {
  if (args.length === 0)
    return names.filter((name) => !suites.some((suite) => suite.isOnRequest && suite.name === name));
  const [option = "", ...rest] = args;
  const value = option.startsWith("--only=") ? option.slice("--only=".length) : rest.join(",");
  if (!option.startsWith("--only")) return undefined;
  const wanted = value.split(/[,|\s]+/).filter((name) => name !== "");
  return wanted.length > 0 && wanted.every((name) => names.includes(name)) ? wanted : undefined;
};

let stopped = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stopped = true;
    stopAll(signal);
  });
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const heading = (name: string): string => `\n── ${name} ${"─".repeat(100 - name.length)}`;

const report = (result: Result): void => {
  const state = result.failed === 0 ? "✔" : "✘";
  say(`${state} ${result.name}: ${result.passed} passed, ${result.failed} failed (${elapsed(result.ms)})`);
  for (const problem of result.problems) say(`    ${result.name}: ${problem}`);
};

const main = async (): Promise<number> => {
  const wanted = selection(process.argv.slice(2));
  if (wanted === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const results: Result[] = [];
  const take = (result: Result): void => {
    report(result);
    results.push(result);
  };
  const chosen = suites.filter(({ name }) => wanted.includes(name));
  const runInTurn = async (some: readonly Suite[]): Promise<void> => {
    for (const suite of some) {
      if (stopped) return;
      say(heading(suite.name));
      take(await runSuite(suite, "show"));
      if (suite.asRoot && !isRoot()) giveBackFiles();
    }
  };

  // The checks share nothing; most suites share the kernel, and count what happens in it.
  const apart = chosen.filter(({ hasNoKernel }) => hasNoKernel);
  const beside = apart.length === 0 ? [] : chosen.filter(({ isEmulated }) => isEmulated);
  const emulated = Promise.all(beside.map((suite) => runSuite(suite, "keep")));
  for (const result of await Promise.all(checks.filter(({ name }) => wanted.includes(name)).map(runCheck)))
    take(result);
  await runInTurn(apart);
  for (const result of await emulated) {
    say(heading(result.name));
    say(result.output);
    take(result);
  }
  if (beside.length > 0 && !isRoot()) giveBackFiles();
  await runInTurn(chosen.filter((suite) => !apart.includes(suite) && !beside.includes(suite)));

  say(`\n── summary ${"─".repeat(93)}`);
  for (const result of results) report(result);
  const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0);
  const [passed, failed] = [sum((result) => result.passed), sum((result) => result.failed)];
  if (stopped) say("\nStopped before the end.");
  say(`\n${passed} passed, ${failed} failed`);
  return stopped ? 130 : failed === 0 ? 0 : 1;
};

process.exitCode = await main();
