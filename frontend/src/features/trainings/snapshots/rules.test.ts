import { expect, it } from "vitest";

import { rulesOf } from "./RulesForm";

it("rules without a count are none", () => {
  expect(rulesOf({ last: "3", count: "", metric: "val/acc", mode: "min" })).toEqual({ keep_last: 3, keep_best: null });
  expect(rulesOf({ last: "", count: "2", metric: " val/acc ", mode: "min" })).toEqual({ keep_last: null, keep_best: { metric: "val/acc", mode: "min", count: 2 } });
  expect(rulesOf({ last: "0", count: "2", metric: "" })).toEqual({ keep_last: null, keep_best: null });
});
