// Opens the form for a drop box, whose code is fetched when it is first wanted.
import { attempt } from "../../parts/toast.js";

/** @param {Box} [box] one that is to be changed; without it, a new one */
export const openBoxForm = (box) => attempt(() => import("./box/form.js").then((form) => form.openForm(box)));

export const openNewBox = () => openBoxForm();
