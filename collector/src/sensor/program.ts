// Where the sensor's binary is.
import { access, constants, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";

/** Beside the bundle, or where the source runs unbundled, in dist/. */
const PLACES = ["./runglass-sensor", "../../../dist/runglass-sensor"];

/** Path of the sensor: RUNGLASS_SENSOR where set, else beside this program. Throws a `UserError` where it is missing. */
export const findSensor = async (): Promise<string> => {
  const named = process.env["RUNGLASS_SENSOR"];
  const paths =
    named === undefined || named === ""
      ? PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)))
      : [named];
  for (const path of paths) {
    try {
      const found = await stat(path);
      if (!found.isFile()) continue;
    } catch {
      continue;
    }
    try {
      await access(path, constants.X_OK);
    } catch {
      throw new UserError(
        `the sensor ${path} may not be run: make it executable (chmod +x) on a file system that allows it`,
        3,
      );
    }
    return path;
  }
  const remedy =
    named === undefined || named === ""
      ? 'build it with "make -C collector/sensor OUT=../../dist" (npm start does), or name it in RUNGLASS_SENSOR'
      : "RUNGLASS_SENSOR names it: correct or unset that variable";
  throw new UserError(`the sensor is not at ${paths[0] ?? ""}: ${remedy}`, 3);
};
