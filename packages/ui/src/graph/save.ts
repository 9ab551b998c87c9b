/** Hands a file to the reader's downloads. */
export function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_");
  link.click();
  // Not at once: the browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
