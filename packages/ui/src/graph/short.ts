/** At most `length` characters; what is cut away is marked, the end stays readable. */
export function short(text: string, length: number): string {
  const letters = Array.from(text);
  if (letters.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return `${letters.slice(0, length - 1 - tail).join("")}…${tail === 0 ? "" : letters.slice(-tail).join("")}`;
}
