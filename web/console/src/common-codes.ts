/** The 25,000 commonest codes, loaded once somebody types one: what is asked for is the same whatever that is. */

export type CommonCodes = ReadonlySet<string>;

/** What `fold.mjs` folded. */
export function unfold(folded: string): CommonCodes {
  const words = new Set<string>();
  let word = "";
  for (const [, same = "A", rest = ""] of folded.matchAll(/([A-Z])([^A-Z]*)/g)) {
    word = word.slice(0, same.charCodeAt(0) - 65) + rest;
    words.add(word);
  }
  return words;
}

let loading: Promise<CommonCodes> | undefined;

/** @throws if the page's server does not answer; the next call tries again */
export function commonCodes(): Promise<CommonCodes> {
  loading ??= import("../../../client/src/main/resources/dev/coffer/client/secret/common-codes.txt?folded").then(
    (list) => unfold(list.default),
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
