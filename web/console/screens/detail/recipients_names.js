// What a recipient is called: the name that their link was given, else where they come from.
import { shown } from "../../foreign.js";

export const nameOf = (recipient) => shown(recipient.name ?? recipient.address);

const letter = /[\p{L}\p{N}]/u; // and nothing that turns or hides what is beside it

/** @returns {string} two letters for a face, or a question mark */
export const lettersOf = (recipient) => (recipient.name ?? "").split(/\s+/).map((word) => letter.exec(word)?.[0].toUpperCase() ?? "")
  .filter(Boolean).slice(0, 2).join("") || "?";
