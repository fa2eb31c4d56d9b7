// `npm run bench`: every *.bench.ts in a process of its own, one after the other: they measure the machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { glob, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { asRoot, isRoot } from "../setup/administrator.mjs";
import { distDir, pinnedNode, root } from "../setup/paths.mjs";
import { elapsed } from "../setup/progress.mjs";
import { giveBackFiles } from "../test/ownership.ts";

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

let stopped = false;

const runBench = async (path: string): Promise<boolean> => {
  const start = Date.now();
  say(`\n── ${basename(path, ".bench.ts")} ${"─".repeat(Math.max(3, 90 - basename(path).length))}`);
  const [command, args] = asRoot("env", [`PATH=${process.env["PATH"] ?? ""}`, pinnedNode, path]);
  const child = spawn(command, args, { cwd: root, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  say(`${code === 0 ? "✔" : "✘"} ${basename(path)} (${elapsed(Date.now() - start)})`);
  return code === 0;
};

const main = async (names: readonly string[]): Promise<number> => {
  const paths: string[] = [];
  const rooms = "{collector,webview,language-server,extension}/**/*.bench.ts";
  for await (const path of glob(rooms, { cwd: root, exclude: ["**/node_modules/**"] })) paths.push(join(root, path));
  const wanted = paths
    .sort()
    .filter((path) => names.length === 0 || names.some((name) => basename(path).startsWith(name)));
  if (wanted.length === 0) {
    process.stderr.write(`npm run bench [-- NAME …]: ${paths.map((path) => basename(path, ".bench.ts")).join(", ")}\n`);
    return 2;
  }
  await mkdir(join(distDir, "bench"), { recursive: true });
  let failed = 0;
  for (const path of wanted) {
    if (stopped) break;
    if (!(await runBench(path))) failed += 1;
  }
  if (!isRoot()) giveBackFiles();
  say(`\n${wanted.length - failed} of ${wanted.length} benchmarks ran${stopped ? "; stopped before the end" : ""}.`);
  return failed === 0 && !stopped ? 0 : 1;
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => (stopped = true));
process.exitCode = await main(process.argv.slice(2));
