// The process that speaks to the artifact service: the only part of the Action that uses the network, so it has no rights.
// It begins as root, as the runner's own files may be out of others' reach, and gives all that up before it reads the token.
// Requests come on its standard input, answers go to file descriptor 3.
import { writeSync } from "node:fs";
import { DefaultArtifactClient } from "@actions/artifact";
import { messageOf } from "../errors.ts";
import { jsonLine, readJsonLines } from "./jsonLines.ts";
import type { UploadRequest, UploaderStart } from "./uploaderProcess.ts";

const ANSWERS = 3;

const answer = (message: object): void => void writeSync(ANSWERS, jsonLine(message));

const client = new DefaultArtifactClient();

/** The service refuses a second artifact of one name, also where the first was never finished. */
const isTaken = (reason: string): boolean => /already exists|\b409\b/i.test(reason);

const isThere = async (name: string): Promise<boolean> => {
  const { artifacts } = await client.listArtifacts({ latest: false });
  return artifacts.some((artifact) => artifact.name === name);
};

const upload = async ({ id, name, file, folder, days }: UploadRequest): Promise<void> => {
  try {
    const options = days === undefined ? { compressionLevel: 6 } : { compressionLevel: 6, retentionDays: days };
    await client.uploadArtifact(name, [file], folder, options);
    answer({ id, ok: true });
  } catch (error) {
    const reason = messageOf(error);
    const taken = isTaken(reason);
    // The answer to an earlier try may have been lost on its way.
    if (taken && (await isThere(name).catch(() => false))) answer({ id, ok: true });
    else answer({ id, ok: false, reason, taken });
  }
};

const dropRights = (uid: number): void => {
  process.setgroups?.([]);
  process.setgid?.(uid);
  process.setuid?.(uid);
};

let started = false;
dropRights(Number(process.argv[2]));
readJsonLines(process.stdin, (message) => {
  if (!started) {
    started = true;
    // The library looks for them there. What /proc shows of an environment is how it was at the program's start.
    Object.assign(process.env, (message as UploaderStart).service);
    return;
  }
  void upload(message as UploadRequest);
});
process.stdin.on("end", () => process.exit(0));
