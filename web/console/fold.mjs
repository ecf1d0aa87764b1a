/**
 * The list of common codes for the page: sorted, each word as how many characters it has in common with the one before (a
 * capital letter, A for none) and the rest. Half as large as the list, once it is compressed.
 *
 * @param {string} list the Java client's `common-codes.txt`: two lines that say whose it is, then words
 * @returns {string}
 */
export function fold(list) {
  const words = list
    .split("\n")
    .slice(2)
    .join(" ")
    .split(" ")
    .filter((word) => word !== "")
    .sort();
  let before = "";
  return words
    .map((word) => {
      let same = 0;
      while (same < 25 && same < word.length && word[same] === before[same]) {
        same++;
      }
      before = word;
      return String.fromCharCode(65 + same) + word.slice(same);
    })
    .join("");
}
