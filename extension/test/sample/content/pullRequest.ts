// The sample session's pull request as files: what the repository holds before the agent's work, and after it.
import { STORY, type ToolCall } from "../agent/story.ts";
import { repositoryCommits } from "./repositoryFiles.ts";

/** Content by path. */
export type Files = ReadonlyMap<string, Buffer>;

const apply = (files: Map<string, Buffer>, call: ToolCall): void => {
  switch (call.tool) {
    case "create":
      files.set(call.path, Buffer.from(call.text));
      return;
    case "str_replace":
      files.set(call.path, Buffer.from(String(files.get(call.path)).replace(call.old, () => call.new)));
      return;
    case "remove":
      files.delete(call.path);
      return;
    default:
  }
};

export const filesBefore = (): Files =>
  new Map(repositoryCommits().flatMap(({ files }) => files.map(({ path, data }) => [path, data] as const)));

/** What the agent itself has written; what its commands make is not among it. */
export const filesAfter = (): Files => {
  const files = new Map(filesBefore());
  for (const call of STORY.flat()) apply(files, call);
  return files;
};
