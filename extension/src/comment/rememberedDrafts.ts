// Which documents are comments that are not sent yet, and where each is to go: kept over a reload of the window, as VS Code keeps
// the documents. Knows no VS Code.
import type { CommentTarget } from "./commentTarget.ts";

export interface RememberedDraft {
  /** Of its document. */
  readonly uri: string;
  readonly target: CommentTarget;
  /** It was on its way when this was written, and may have arrived. */
  readonly isSending: boolean;
}

/** What is needed of VS Code's storage for the workspace. */
export interface DraftMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = "runglass.commentDrafts";

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? value : {}) as Fields;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

const readPlace = (value: unknown): CommentTarget["place"] => {
  const { commit, path, line, side } = fieldsOf(value);
  if (!isText(commit) || !isText(path) || !isNumber(line) || (side !== "left" && side !== "right")) return undefined;
  return { commit, path, line, side };
};

/** Undefined for what is no draft: what is stored may be another version's. */
const readDraft = (value: unknown): RememberedDraft | undefined => {
  const { uri, pull, place, isSending } = fieldsOf(value);
  const { owner, name, number } = fieldsOf(pull);
  if (!isText(uri) || !isText(owner) || !isText(name) || !isNumber(number)) return undefined;
  const known = readPlace(place);
  if (place !== undefined && known === undefined) return undefined;
  return { uri, target: { pull: { owner, name, number }, place: known }, isSending: isSending === true };
};

export const hasDrafts = (memory: DraftMemory): boolean => memory.get(KEY) !== undefined;

export const rememberedDrafts = (memory: DraftMemory): readonly RememberedDraft[] => {
  const stored = memory.get(KEY);
  return Array.isArray(stored) ? stored.map(readDraft).filter((draft) => draft !== undefined) : [];
};

export const rememberDrafts = (memory: DraftMemory, drafts: readonly RememberedDraft[]): PromiseLike<void> =>
  memory.update(
    KEY,
    drafts.length === 0
      ? undefined
      : drafts.map(({ uri, target: { pull, place }, isSending }) => {
          const { owner, name, number } = pull;
          return { uri, pull: { owner, name, number }, isSending, ...(place === undefined ? {} : { place }) };
        }),
  );
