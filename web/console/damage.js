// After the state database was damaged: what is held back is shared again, once its owner says so.
import { ask } from "./api.js";
import { t } from "./i18n.js";
import { confirm } from "./parts/dialog.js";
import { attempt, toast } from "./parts/toast.js";

export function confirmAll() {
  confirm({
    title: t("console.damage.title"), text: t("console.damage.text"), yes: t("console.damage.confirm"),
    act: () => attempt(async () => {
      await ask("POST", "/damage/confirm");
      toast(t("console.damage.done"));
    }),
  });
}
