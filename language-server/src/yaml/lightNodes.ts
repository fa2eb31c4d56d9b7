// Nodes of the yaml package, made without its constructors: these define what kind a node is on each one anew, which takes
// longer than reading it. Here the kind stands on the prototype, where the package's own tests for it find it as well.
import { Pair, Scalar, YAMLMap, YAMLSeq, type Node, type Range } from "yaml";

/** What the package tells nodes by. */
const KIND = Symbol.for("yaml.node.type");

class LightScalar {
  value: unknown;
  range: Range;
  source: string;
  type: Scalar.Type;

  constructor(value: unknown, range: Range, source: string, type: Scalar.Type) {
    this.value = value;
    this.range = range;
    this.source = source;
    this.type = type;
  }
}

class LightPair {
  key: unknown;
  value: unknown;

  constructor(key: unknown, value: unknown) {
    this.key = key;
    this.value = value;
  }
}

class LightMap {
  items: Pair[] = [];
  range: Range | undefined = undefined;
  flow: boolean | undefined = undefined;
}

class LightList {
  items: Node[] = [];
  range: Range | undefined = undefined;
  flow: boolean | undefined = undefined;
}

for (const [light, whole, kind] of [
  [LightScalar, Scalar, "scalar"],
  [LightPair, Pair, "pair"],
  [LightMap, YAMLMap, "map"],
  [LightList, YAMLSeq, "seq"],
] as const) {
  Object.setPrototypeOf(light.prototype, whole.prototype);
  Object.defineProperty(light.prototype, KIND, { value: Symbol.for(`yaml.${kind}`) });
}

export const makeScalar = (value: unknown, range: Range, source: string, type: Scalar.Type): Scalar =>
  new LightScalar(value, range, source, type) as unknown as Scalar;
export const makePair = (key: Scalar, value: Node): Pair => new LightPair(key, value) as unknown as Pair;
export const makeMap = (): YAMLMap => new LightMap() as unknown as YAMLMap;
export const makeList = (): YAMLSeq<Node> => new LightList() as unknown as YAMLSeq<Node>;
