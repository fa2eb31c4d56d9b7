// What the job's last step shows the keeper, to be believed that the job is over.
//
// The word alone would not do: the file in which the first step saves it for the last stays on the disk while the job
// runs, for its user to read. The runner gives its token for artifacts to actions, and not to the scripts of `run:`; so a
// script that has read the word has only half of it.
import { createHash } from "node:crypto";

/** The proof, 64 hex digits, made of the saved word and of what the runner gives to actions alone. */
export const stopProof = (word: string, environment: NodeJS.ProcessEnv): string =>
  createHash("sha256")
    .update(`${word}\n${environment["ACTIONS_RUNTIME_TOKEN"] ?? ""}`)
    .digest("hex");

/** What the keeper is given to recognise a proof by. */
export const stopHashOf = (proof: string): string => createHash("sha256").update(proof).digest("hex");
