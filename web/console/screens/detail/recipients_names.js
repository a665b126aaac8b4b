// What a recipient is called: the name that their link was given, else where they come from.
import { shown } from "../../foreign.js";

export const nameOf = (recipient) => shown(recipient.name ?? recipient.address);

/** @returns {string} two letters for a face, or a question mark */
export const lettersOf = (recipient) => (recipient.name
  ? recipient.name.split(/\s+/).slice(0, 2).map((word) => [...word][0]?.toUpperCase() ?? "").join("") : "?");
