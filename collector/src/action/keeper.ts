// The root process of the Action. `launch` reads the order, starts `keep` in a session of its own and goes when that is
// ready: so the step that began it can end, and what runs on belongs to no step.
import { spawn } from "node:child_process";
import { messageOf } from "../errors.ts";
import { jsonLine, readJsonLines } from "./jsonLines.ts";
import { keep } from "./keep.ts";
import type { Order, StartReport } from "./messages.ts";

const readOrder = async (): Promise<Order> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Order;
};

const report = (message: StartReport): void => void process.stdout.write(jsonLine(message));

/** Passes the order on and the reports back, up to the one that says how the start has ended. */
const launch = async (order: Order): Promise<void> => {
  const child = spawn(process.execPath, [process.argv[1] ?? "", "keep"], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" },
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(jsonLine(order));
  await new Promise<void>((resolve) => {
    readJsonLines(child.stdout, (message) => {
      const start = message as StartReport;
      report(start);
      if (start.kind === "ready" || start.kind === "failed") resolve();
    });
    child.once("error", (error) => {
      report({ kind: "failed", reason: messageOf(error) });
      resolve();
    });
    child.once("exit", (code, signal) => {
      setImmediate(() => {
        report({
          kind: "failed",
          reason: `the process that keeps the collector ended: ${signal ?? code ?? "unknown"}`,
        });
        resolve();
      });
    });
  });
};

const main = async (): Promise<void> => {
  const order = await readOrder();
  if (process.argv[2] === "launch") {
    await launch(order);
    // The pipe to the child would keep us.
    process.stdout.write("", () => process.exit(0));
    return;
  }
  // Nobody reads any more once the run is on.
  process.stdout.on("error", () => undefined);
  await keep(order, report);
  process.exit(0);
};

process.on("uncaughtException", (error) => {
  report({ kind: "failed", reason: `internal error: ${messageOf(error)}` });
  process.exit(3);
});
void main();
