// What the keys do, as the help tells it. The keys themselves are listened to where they work.

interface Key {
  press: string[];
  /** The name of its text, below `app.keys.does`. */
  does: string;
}

export const KEYS: { where: string; keys: Key[] }[] = [
  {
    where: "everywhere",
    keys: [
      { press: ["Ctrl", "K"], does: "palette" },
      { press: ["?"], does: "help" },
      { press: ["g", "t"], does: "trainings" },
      { press: ["g", "m"], does: "models" },
      { press: ["g", "p"], does: "projects" },
      { press: ["Esc"], does: "escape" },
    ],
  },
  {
    where: "table",
    keys: [
      { press: ["j", "k"], does: "rows" },
      { press: ["x"], does: "select" },
      { press: ["Enter"], does: "open" },
      { press: ["/"], does: "filter" },
    ],
  },
  {
    where: "charts",
    keys: [
      { press: ["r"], does: "resetZoom" },
      { press: ["Backspace"], does: "back" },
      { press: ["l"], does: "log" },
      { press: ["s"], does: "smoothing" },
      { press: ["/"], does: "filter" },
    ],
  },
  {
    where: "compare",
    keys: [
      { press: ["Ctrl", "Z"], does: "undo" },
      { press: ["Ctrl", "Shift", "Z"], does: "redo" },
    ],
  },
  {
    where: "tree",
    keys: [
      { press: ["↑", "↓"], does: "rows" },
      { press: ["←", "→"], does: "fold" },
    ],
  },
];
