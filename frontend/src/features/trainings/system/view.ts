// How the machine's metrics are looked at: as the scalars are, but for an axis that they do not have.

export interface Looked {
  axis: string;
  from: number | null;
  to: number | null;
  xExpression: string;
}

export const isSystem = (tag: string): boolean => tag.startsWith("system/");

/**
 * The view of the scalars as system metrics can follow it. Their steps are seconds and not the loop's: where the scalars
 * stand over steps or another metric, these stand over the time since the beginning, and a zoom into steps does not hold.
 */
export function systemView<View extends Looked>(view: View): View {
  if (view.axis !== "step" && !view.xExpression) return view;
  return { ...view, axis: "relative", xExpression: "", from: null, to: null };
}

/** A change made among system metrics, as the address keeps it: whoever zooms here has chosen the axis of this zoom. */
export function fromSystem<View extends Looked>(change: Partial<View>, view: View): Partial<View> {
  const zooms = change.from !== undefined && change.from !== null;
  return zooms && (view.axis === "step" || view.xExpression) ? { ...change, axis: "relative", xExpression: "" } : change;
}
