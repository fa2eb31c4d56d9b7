// Where the sensor's binary is.
import { access, constants, open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";

/** Beside the bundle, in releases by the kind of machine; or where the source runs unbundled, in dist/. */
const PLACES = ["./runglass-sensor", `./${process.arch}/runglass-sensor`, "../../../dist/runglass-sensor"];

/** Of an ELF file's header, by Node's names. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [62, "x64"],
  [183, "arm64"],
]);
const MACHINE_AT = 18;

/** The kind of machine that a program is for; undefined where that is not known, or it is no ELF file. */
const machineOf = async (path: string): Promise<string | undefined> => {
  const header = Buffer.alloc(MACHINE_AT + 2);
  const file = await open(path);
  try {
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    const isElf = bytesRead === header.length && header.toString("latin1", 0, 4) === "\u007fELF";
    return isElf ? MACHINES.get(header.readUInt16LE(MACHINE_AT)) : undefined;
  } finally {
    await file.close();
  }
};

/** Path of the sensor: RUNGLASS_SENSOR where set, else beside this program. Throws a `UserError` where it is missing. */
export const findSensor = async (): Promise<string> => {
  const named = process.env["RUNGLASS_SENSOR"] ?? "";
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const paths = named === "" ? places : [named];
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
    const machine = await machineOf(path).catch(() => undefined);
    if (machine !== undefined && machine !== process.arch)
      throw new UserError(`the sensor ${path} is for ${machine}, and this is ${process.arch}: build it here`, 3);
    return path;
  }
  const remedy =
    named === ""
      ? 'build it with "make -C collector/sensor OUT=../../dist" (npm start does), or name it in RUNGLASS_SENSOR'
      : "RUNGLASS_SENSOR names it: correct or unset that variable";
  throw new UserError(`the sensor is not at ${paths[0] ?? ""}: ${remedy}`, 3);
};
