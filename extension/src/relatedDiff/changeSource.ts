// A change that events are looked for in, and how its files are shown.
import type { Uri } from "vscode";
import type { Candidate } from "../diff/changes.ts";
import type { Pull } from "../github/model.ts";
import type { DocumentPlace } from "./shownFile.ts";
import type { ChangeIndex } from "../diff/changeIndex.ts";

/** Both sides of a file's comparison. */
export interface Sides {
  readonly left: Uri;
  readonly right: Uri;
}

export interface ChangeSource {
  /** For a person: `octo-org/receipt-ocr#24`, or what is compared. */
  readonly name: string;
  readonly changes: ChangeIndex;
  /** Where it is one of GitHub's. */
  readonly pull?: Pull;
  /** Folders of this machine that hold the repository. */
  readonly folders: readonly string[];
  /** What the user has to know of it: whole sentences. */
  readonly notes: readonly string[];
  sides(candidate: Candidate): Sides;
  /** Shows the whole change. */
  showAll(): Promise<void>;
  /** The place of a document in this comparison; undefined where it is of another one. */
  placeOf(document: Uri): DocumentPlace | undefined;
}
