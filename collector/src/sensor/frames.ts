// Cuts the sensor's byte stream into frames, wherever its chunks are split.
import { FRAME_BYTES, decodeFrame } from "./decodeFrame.ts";
import type { Frame } from "./frame.ts";
import { HEADER, RG_ABI } from "./layout.ts";

/**
 * Push chunks in, frames come out in order. The first frame must be a HELLO of this version; anything that is not a
 * frame throws one `Error` that says so, and the stream is over then. Buffers inside a frame (a DNS message) look into
 * the chunk: use them before the call returns.
 */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  #rest: Buffer | undefined;
  #greeted = false;
  #offset = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at + FRAME_BYTES.min <= bytes.length) {
      const size = view.getUint32(at + HEADER.size, true);
      if (size < FRAME_BYTES.min || size > FRAME_BYTES.max || size % 8 !== 0) {
        throw this.#garbage(`a frame cannot have ${size} bytes`);
      }
      if (at + size > bytes.length) break;
      this.#take(bytes, view, at, size);
      at += size;
      this.#offset += size;
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
  }

  /** The stream is over; says whether it ended inside a frame. */
  get midFrame(): boolean {
    return this.#rest !== undefined;
  }

  #take(bytes: Buffer, view: DataView, at: number, size: number): void {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes, view, at, size);
    } catch (error) {
      throw this.#garbage(error instanceof Error ? error.message : String(error));
    }
    if (!this.#greeted) {
      if (frame.kind !== "hello") throw this.#garbage("the first frame is not a HELLO");
      if (frame.abi !== RG_ABI) {
        throw new Error(
          `the sensor speaks version ${frame.abi} and this collector version ${RG_ABI}: take both from one build`,
        );
      }
      this.#greeted = true;
    }
    this.#onFrame(frame);
  }

  #garbage(what: string): Error {
    return new Error(`the sensor sent something that is no frame, at byte ${this.#offset}: ${what}`);
  }
}
