// Calm and dense: one accent, hairlines, 13 px interface text, the system's fonts.

import { createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = ["#eaf4fb", "#d6e7f4", "#abcfe8", "#7db5dc", "#579fd2", "#3f91cc", "#1f6fb4", "#1b639f", "#15588f", "#0a4c7e"];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  colors: { accent },
  defaultRadius: "sm",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "11px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } } },
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "xs" } },
    Table: { defaultProps: { fz: "sm", verticalSpacing: 4, horizontalSpacing: 8 } },
    Tooltip: { defaultProps: { openDelay: 300, fz: "xs" } },
  },
});
