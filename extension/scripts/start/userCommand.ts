// The user's own command, in the surroundings it would have had without us.
import { userInfo } from "node:os";
import { delimiter } from "node:path";
import { isRoot } from "../setup/administrator.mjs";
import { root } from "../setup/paths.mjs";

/**
 * @param path a PATH as npm and the set-up have extended it
 * @returns what the user had
 */
export const withoutProjectPaths = (path: string): string =>
  path
    .split(delimiter)
    .filter((dir) => !dir.startsWith(`${root}/node_modules`) && !/\/node_modules\/\.bin$|\/node-gyp-bin$/.test(dir))
    .join(delimiter);

/** @returns the environment without what npm adds for its scripts */
export const userEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      if (value === undefined || /^npm_/i.test(name) || name === "INIT_CWD" || name === "NODE_ENV") return [];
      return [[name, name === "PATH" ? withoutProjectPaths(value) : value] as const];
    }),
  );

/** The collector runs as root; the command must not, where the user does not: its `record` option for that. */
export const userOption = (): readonly string[] => (isRoot() ? [] : [`--user=${userInfo().username}`]);
