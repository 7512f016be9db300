import { FirstSteps } from "@/features/accounts/FirstSteps";

export function FirstStepsPage() {
  return <FirstSteps />;
}
