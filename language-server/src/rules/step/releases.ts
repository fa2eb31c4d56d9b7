// Harden-Runner's releases: the commits that its tags name, as they were on 2026-08-04. A tag can be moved, a commit cannot.

/** From the oldest on. */
export const RELEASES: readonly (readonly [version: string, commit: string])[] = [
  ["v2.0.0", "ebacdc22ef6c2cfb85ee5ded8f2e640f4c776dd5"],
  ["v2.1.0", "18bf8ad2ca49c14cbb28b91346d626ccfb00c518"],
  ["v2.2.0", "c8454efe5d0bdefd25384362fe217428ca277d57"],
  ["v2.2.1", "1f99358870fe1c846a3ccba386cc2b2246836776"],
  ["v2.3.0", "03bee3930647ebbf994244c21ddbc0d4933aab4f"],
  ["v2.3.1", "6b3083af2869dc3314a0257a42f4af696cc79ba3"],
  ["v2.4.0", "128a63446a954579617e875aaab7d2978154e969"],
  ["v2.4.1", "55d479fb1c5bcad5a4f9099a5d9f37c8857b2845"],
  ["v2.5.0", "cba0d00b1fc9a034e1e642ea0f1103c282990604"],
  ["v2.5.1", "8ca2b8b2ece13480cda6dacd3511b49857a23c09"],
  ["v2.6.0", "1b05615854632b887b69ae1be8cbefe72d3ae423"],
  ["v2.6.1", "eb238b55efaa70779f274895e782ed17c84f2895"],
  ["v2.7.0", "63c24ba6bd7ba022e95695ff85de572c04a18142"],
  ["v2.7.1", "a4aa98b93cab29d9b1101a6143fb8bce00e2eac4"],
  ["v2.8.0", "f086349bfa2bd1361f7909c78558e816508cdc10"],
  ["v2.8.1", "17d0e2bd7d51742c71671bd19fa12bdc9d40a3d6"],
  ["v2.9.0", "0d381219ddf674d61a7572ddd19d7941e271515c"],
  ["v2.9.1", "5c7944e73c4c2a096b17a9cb74d65b6c2bbafbde"],
  ["v2.10.0", "446798f8213ac2e75931c1b0769676d927801858"],
  ["v2.10.1", "91182cccc01eb5e619899d80e4e971d6181294a7"],
  ["v2.10.2", "0080882f6c36860b6ba35c610c98ce87d4e2f26f"],
  ["v2.10.3", "c95a14d0e5bab51a9f56296a4eb0e416910cd350"],
  ["v2.10.4", "cb605e52c26070c328afc4562f0b4ada7618a84e"],
  ["v2.11.0", "4d991eb9b905ef189e4c376166672c3f2f230481"],
  ["v2.11.1", "c6295a65d1254861815972266d5933fd6e532bdf"],
  ["v2.12.0", "0634a2670c59f64b4a01f0f96f84700a4088b9f0"],
  ["v2.12.1", "002fdce3c6a235733a90a27c80493a3241e56863"],
  ["v2.12.2", "6c439dc8bdf85cadbbce9ed30d1c7b959517bc49"],
  ["v2.13.0", "ec9f2d5744a09debf3a187a3f4f675c53b671911"],
  ["v2.13.1", "f4a75cfd619ee5ce8d5b864b0d183aff3c69b55a"],
  ["v2.13.2", "95d9a5deda9de15063e7595e9719c11c38c90ae2"],
  ["v2.13.3", "df199fb7be9f65074067a9eb93f12bb4c5547cf2"],
  ["v2.14.0", "20cf305ff2072d973412fa9b1e3a4f227bda3c76"],
  ["v2.14.1", "e3f713f2d8f53843e71c69a996d56f51aa9adfb9"],
  ["v2.14.2", "5ef0c079ce82195b2a36a210272d6b661572d83e"],
  ["v2.15.0", "a90bcbc6539c36a85cdfeb73f7e2f433735f215b"],
  ["v2.15.1", "58077d3c7e43986b6b15fba718e8ea69e387dfcc"],
  ["v2.16.0", "fa2e9d605c4eeb9fcad4c99c224cee0c6c7f3594"],
  ["v2.16.1", "fe104658747b27e96e4f7e80cd0a94068e53901d"],
  ["v2.17.0", "f808768d1510423e83855289c910610ca9b43176"],
  ["v2.18.0", "6c3c2f2c1c457b00c10c4848d6f5491db3b629df"],
  ["v2.19.0", "8d3c67de8e2fe68ef647c8db1e6a09f647780f40"],
  ["v2.19.1", "a5ad31d6a139d249332a2605b85202e8c0b78450"],
  ["v2.19.2", "9ca718d3bf646d6534007c269a635b3e54cadf99"],
  ["v2.19.3", "ab7a9404c0f3da075243ca237b5fac12c98deaa5"],
  ["v2.19.4", "9af89fc71515a100421586dfdb3dc9c984fbf411"],
  ["v2.20.0", "bf7454d06d71f1098171f2acdf0cd4708d7b5920"],
  ["v2.20.1", "b09bb98e06d4d774595224525879c09bc6e98c40"],
];

const commits = new Map(RELEASES);

/** The newest that was looked at. */
export const NEWEST = RELEASES.at(-1) ?? ["v2", "v2"];

/** The release that a tag is, or, for a moving one such as v2, the newest that it could be; undefined for any other. */
export const releaseOf = (tag: string): readonly [version: string, commit: string] | undefined => {
  const commit = commits.get(tag);
  if (commit !== undefined) return [tag, commit];
  return /^v\d+(?:\.\d+)?$/.test(tag) ? RELEASES.findLast(([version]) => version.startsWith(`${tag}.`)) : undefined;
};
