// What the thread that exports and the extension say to each other.
import type { WantedPlaces } from "../../../collector/report/runReport.ts";
import type { RepositoryPlaces } from "../../../collector/report/sarif.ts";
import type { Exported } from "./exportJob.ts";

export type FromExport =
  | { readonly kind: "progress"; readonly done: number }
  /** Answered with a `RepositoryPlaces`. */
  | { readonly kind: "places"; readonly wanted: WantedPlaces }
  | { readonly kind: "done"; readonly exported: Exported }
  /** `code`: an errno name, where it is the file system's word. */
  | { readonly kind: "failed"; readonly code: string | undefined; readonly message: string };

export type ToExport = RepositoryPlaces;
