// DNS messages for tests, as they are on the wire.

const TYPES = { A: 1, AAAA: 28, CNAME: 5, TXT: 16 } as const;

export const nameWire = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

export const query = (id: number, name: string, type: keyof typeof TYPES | number): Buffer => {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(typeof type === "number" ? type : TYPES[type], 0);
  tail.writeUInt16BE(1, 2);
  return Buffer.concat([header, nameWire(name), tail]);
};

export interface Answer {
  readonly type: number;
  readonly data: Buffer;
}

/** An answer to `question`; each record's owner is a pointer to the question's name. */
export const answerTo = (question: Buffer, answers: readonly Answer[], rcode = 0): Buffer => {
  const message = Buffer.concat([
    question,
    ...answers.map(({ type, data }) => {
      const head = Buffer.alloc(12);
      head.writeUInt16BE(0xc00c, 0);
      head.writeUInt16BE(type, 2);
      head.writeUInt16BE(1, 4);
      head.writeUInt32BE(60, 6);
      head.writeUInt16BE(data.length, 10);
      return Buffer.concat([head, data]);
    }),
  ]);
  message.writeUInt16BE(0x8180 | rcode, 2);
  message.writeUInt16BE(answers.length, 6);
  return message;
};
