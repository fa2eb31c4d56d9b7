// What binutils makes of machine code, for tests of what the sensor makes of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

export interface Instruction {
  readonly address: bigint;
  readonly bytes: string;
  readonly text: string;
}
export interface Disassembled {
  readonly name: string;
  /** Of its first instruction in the file. */
  readonly offset: bigint;
  readonly instructions: readonly Instruction[];
}

const HEADING = /^[\da-f]+ <(.*)> \(File Offset: (0x[\da-f]+)\):$/;
const INSTRUCTION = /^ +([\da-f]+):\t((?:[\da-f]{2} )+) *(?:\t(.*))?$/;

/** The functions of a program, or the one of that name. */
export const disassemble = (file: string, name?: string): Disassembled[] => {
  const options = ["-d", "-F", "--insn-width=16", ...(name === undefined ? [] : [`--disassemble=${name}`])];
  const found: { name: string; offset: bigint; instructions: Instruction[] }[] = [];
  for (const line of execFileSync("objdump", [...options, file], { encoding: "utf8", maxBuffer: 1 << 28 }).split(
    "\n",
  )) {
    const [, heading, offset = "0"] = HEADING.exec(line) ?? [];
    if (heading !== undefined) found.push({ name: heading, offset: BigInt(offset), instructions: [] });
    const [, address, bytes = "", text = ""] = INSTRUCTION.exec(line) ?? [];
    if (address === undefined) continue;
    const instruction = { address: BigInt(`0x${address}`), bytes: bytes.replaceAll(" ", ""), text };
    found.at(-1)?.instructions.push(instruction);
  }
  assert.ok(found.length > 0, file);
  return found;
};

/** How far the instruction is from the begin of its function. */
export const distance = ({ instructions: [first] }: Disassembled, { address }: Instruction): number =>
  Number(address - (first?.address ?? 0n));
