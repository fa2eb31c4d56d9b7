// What the views are called, and what their lists and first columns are.
import type { ViewName } from "../model/viewTree.ts";

export interface ViewWords {
  readonly tab: string;
  /** Says what the list is, for those who hear it. */
  readonly list: string;
  readonly column: string;
  /** In place of the list of a run that has nothing of the kind. */
  readonly empty: string;
}

export const viewWords: { readonly [N in ViewName]: ViewWords } = {
  processes: {
    tab: "Processes",
    list: "Processes with their network calls and file changes",
    column: "Process, call, file",
    empty: "No process was seen",
  },
  network: {
    tab: "Network",
    list: "Hosts with the processes that called them",
    column: "Host, process, call",
    empty: "No network call was seen",
  },
  files: {
    tab: "Files",
    list: "Directories with the files that were changed",
    column: "Directory, file, process",
    empty: "No file change was seen",
  },
};
