// How components write what they show: tagged templates, whose values become text, never markup.
import { h } from "preact";
import { default as htm } from "htm";

export const html = htm.bind(h);
