import { expect, test } from "@jest/globals";
import { renderToStaticMarkup } from "react-dom/server";
import { Breakable } from "./breakable.tsx";

test.each([
  ["plain", "plain"],
  ["", ""],
  ["not_null_loaves", "not_<wbr/>null_<wbr/>loaves"],
  ["svc.db.schema", "svc.<wbr/>db.<wbr/>schema"],
  ["s3://lake/raw", "s3://<wbr/>lake/<wbr/>raw"],
  ["accepted__rye", "accepted__<wbr/>rye"],
  ["ends_", "ends_"],
  ["größe 2", "größe 2"],
  ["<b>.x", "&lt;b&gt;.<wbr/>x"],
])("%s may break as %s", (text, html) => {
  expect(renderToStaticMarkup(<Breakable text={text} />)).toBe(html);
});
