// A program: runs a job with the Action in it that has something to tell for as many seconds as its argument says, and prints each
// artifact as soon as the artifact service has it, one JSON object a line. For those who follow it as a GitHub would let them.
import { setTimeout as sleep } from "node:timers/promises";
import { ActionJob } from "./actionJob.ts";

const LOOK_MS = 50;
/** Five commands a second. */
const PAUSE_S = 0.2;

const job = await ActionJob.create();
try {
  const printed = new Set<number>();
  const print = (): void => {
    for (const { id, name, content, finishedAt } of job.service.artifacts) {
      if (finishedAt === undefined || content === undefined || printed.has(id)) continue;
      printed.add(id);
      console.log(JSON.stringify({ name, finishedAt, content: content.toString("base64") }));
    }
  };
  const count = Math.ceil(Number(process.argv[2]) / PAUSE_S);
  const steps = ["- name: Work", `  run: for i in $(seq ${count}); do /bin/true $i; sleep ${PAUSE_S}; done`];
  const over = new AbortController();
  const running = job.run([], steps).finally(() => over.abort());
  while (!over.signal.aborted) {
    print();
    await sleep(LOOK_MS);
  }
  const { conclusion } = await running;
  print();
  if (conclusion !== "success") throw new Error(`the job ended with ${conclusion}`);
} finally {
  await job.remove();
}
