import { describe, expect, test } from "@jest/globals";
import { displayWidth, padTo, printable, wrapText } from "./render-width.ts";

describe("displayWidth", () => {
  test.each([
    ["", 0],
    ["orders", 6],
    ["Größe", 5],
    ["Gro\u0308ße", 5],
    ["注文", 4],
    ["주문", 4],
    ["ｆｕｌｌ", 8],
    ["🚚", 2],
    ["👩‍💻", 2],
    ["🇩🇪", 2],
    ["a\u200bb", 2],
    ["→", 1],
    ["заказы", 6],
  ])("%j takes %d columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

test("padTo fills up by columns, not characters", () => {
  expect(padTo("注文", 6)).toBe("注文  ");
  expect(padTo("12", 5, "right")).toBe("   12");
  expect(padTo("longer", 3)).toBe("longer");
});

test("printable keeps a name from moving the cursor", () => {
  expect(printable("a\u001b[2Jb\tc\r\nd\u0007")).toBe("a [2Jb c\nd ");
});

describe("wrapText", () => {
  test("breaks at spaces first", () => {
    expect(wrapText("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
  });

  test("breaks a long FQN after its dots", () => {
    expect(wrapText("warehouse.sales.public.orders", 16)).toEqual(["warehouse.sales.", "public.orders"]);
  });

  test("breaks anywhere when there is no other place, wide characters whole", () => {
    expect(wrapText("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
    expect(wrapText("注文注文", 5)).toEqual(["注文", "注文"]);
  });

  test("keeps line breaks and empty lines", () => {
    expect(wrapText("a\n\nb", 10)).toEqual(["a", "", "b"]);
    expect(wrapText("", 10)).toEqual([""]);
  });

  test("never makes a line that is too wide, and loses nothing but spaces", () => {
    const text = 'svc."my.db".schema_with_a_long_name.表格/path-to:thing, and some words in between 🚚🚚🚚';
    for (let width = 2; width < 60; width += 1) {
      const lines = wrapText(text, width);
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }
  });
});
