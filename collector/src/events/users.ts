// User names of this machine, from /etc/passwd.
import { readFileSync } from "node:fs";

/** One line of /etc/passwd. */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export const parsePasswd = (text: string): User[] =>
  text.split("\n").flatMap((line) => {
    const [name, , uid, gid, , home, shell] = line.split(":");
    if (name === undefined || name === "" || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home: home ?? "/", shell: shell ?? "/bin/sh" }];
  });

export const readUsers = (): User[] => {
  try {
    return parsePasswd(readFileSync("/etc/passwd", "utf8"));
  } catch {
    return []; // A machine without the file has no names to give; ids are shown all the same.
  }
};

/** The user of that name, or undefined. */
export const findUser = (name: string): User | undefined => readUsers().find((user) => user.name === name);

const REREAD_MS = 5_000;

/** Looks user ids up; an id that is new (a user made during the run) makes it read the file again, not too often. */
export const createUserNames = (): ((uid: number) => string | undefined) => {
  let names = new Map<number, string>();
  let readAt = -Infinity;
  return (uid) => {
    const known = names.get(uid);
    if (known !== undefined || performance.now() - readAt < REREAD_MS) return known;
    readAt = performance.now();
    names = new Map(
      readUsers()
        .toReversed()
        .map((user) => [user.uid, user.name]),
    );
    return names.get(uid);
  };
};
