import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";

import type { Schemas } from "@/api/client";

import { seriesKey } from "./data";
import { Refresher } from "./live";

let count = 1;
const series = () => ["loss", "acc"].map((tag) => ({ training: "a", tag, count: tag === "loss" ? count : 1, last_step: 1, last_time: 1 }) as unknown as Schemas["Series"]);
const stops: (() => void)[] = [];

afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** Two charts that are on the screen; `asked` tells how often each was asked for, and how many at once. */
async function charts() {
  count = 1;
  const queries = new QueryClient();
  const trainings = Array.from({ length: 300 }, (_, at) => String(at));
  const asked = { loss: 0, acc: 0, together: 0, most: 0 };
  queries.setQueryData(seriesKey(trainings), series());
  for (const tag of ["loss", "acc"] as const) {
    const observer = new QueryObserver(queries, {
      queryKey: ["chart", [tag], {}],
      queryFn: async () => {
        asked[tag] += 1;
        asked.together += 1;
        asked.most = Math.max(asked.most, asked.together);
        await new Promise((resolve) => setTimeout(resolve, 50));
        asked.together -= 1;
        return asked[tag];
      },
    });
    stops.push(observer.subscribe(() => {}));
  }
  await vi.waitFor(() => expect([asked.loss, asked.acc, asked.together]).toEqual([1, 1, 0]));
  const refresher = new Refresher(queries, trainings, () => Promise.resolve(series()));
  stops.push(() => refresher.stop());
  return { refresher, asked };
}

it("asks once for what hundreds of trainings pushed, and only for charts that show it", async () => {
  const { refresher, asked } = await charts();
  for (let training = 0; training < 300; training += 1) refresher.mark(["loss"]);
  await vi.waitFor(() => expect(asked.loss).toBe(2), 5_000);
  for (let training = 0; training < 300; training += 1) refresher.mark(["loss"]);
  await vi.waitFor(() => expect(asked.loss).toBe(3), 5_000);
  expect([asked.acc, asked.most]).toEqual([1, 2]); // both at once only when the page opened
});

it("looks which metrics have changed before it asks for all charts again", async () => {
  const { refresher, asked } = await charts();
  refresher.mark(null);
  count = 2;
  await vi.waitFor(
    () => {
      refresher.mark(null);
      expect(asked.loss).toBe(2);
    },
    { timeout: 10_000, interval: 300 },
  );
  expect(asked.acc).toBe(1);
});
