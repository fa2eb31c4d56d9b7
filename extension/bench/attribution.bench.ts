// Who did it, told and true: some hundreds of requests by real clients in the steps of a job, in clear text and TLS. What is
// true is known from the servers, which look up in /proc who asks before they answer, and from labels in the environment of
// the clients; nothing of it comes from the recording. Beside it, polling `ss -tnp` is measured on the same requests, with a
// packet capture granted that sees each server name and each request in clear text. Exits 1 when a target is missed.
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { distDir } from "../scripts/setup/paths.mjs";
import { runJob } from "./attribution/job.ts";
import { judge } from "./attribution/judge.ts";
import { describeMiss, tableByClient, tableByKind, targetsOf, UNREAD } from "./attribution/table.ts";

const LEAST_OPERATIONS = 500;
const SHOWN = 40;

const need = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

need(process.getuid?.() === 0, "the benchmark records and makes network namespaces: run it as root");
need(spawnSync("ss", ["-V"]).status === 0, "ss is missing: apt-get install iproute2");

const started = performance.now();
const { asked, events, polled } = await runJob();
const { verdicts, invented } = judge(asked, events);
need(verdicts.length >= LEAST_OPERATIONS, `only ${verdicts.length} requests reached the servers`);
const unknown = asked.filter(({ pid, label }) => pid === undefined || label === undefined);
need(unknown.length === 0, `who asked is not known: ${JSON.stringify(unknown.slice(0, 5))}`);

const clients = tableByClient(verdicts, polled);
console.table(clients);
const kinds = tableByKind(verdicts, polled);
console.table(kinds);
const targets = targetsOf(verdicts, invented.length);
console.table(targets);
const misses = verdicts.flatMap(describeMiss);
for (const miss of misses.slice(0, SHOWN)) console.log(miss);
if (misses.length > SHOWN) console.log(`… and ${misses.length - SHOWN} more, in dist/bench/attribution.json`);
for (const one of invented.slice(0, SHOWN)) console.log(`invented: ${JSON.stringify(one)}`);
for (const [name, fits] of Object.entries(UNREAD)) {
  const of = verdicts.filter(fits);
  const told = of.filter(({ request }) => request).length;
  console.log(`Not counted as hooked: ${name}; ${told} of its ${of.length} requests are told.`);
}
console.log(`${verdicts.length} requests in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
await mkdir(join(distDir, "bench"), { recursive: true });
const result = { targets, clients, kinds, misses, invented };
await writeFile(join(distDir, "bench/attribution.json"), `${JSON.stringify(result, undefined, 2)}\n`);
if (targets.some(({ verdict }) => verdict === "MISSED")) process.exitCode = 1;
