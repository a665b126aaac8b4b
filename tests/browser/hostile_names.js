// Names that somebody chose to deceive, to break out of a page, or to break it: of files, people and programs.
export const hostileNames = [
  // Markup and what runs in it
  "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</title><script>alert(1)</script>", "<svg onload=alert(1)>",
  "<iframe src=javascript:alert(1)>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "<b>gras</b>", "<style>*{display:none}</style>",
  "<base href=//evil.test>", "<meta http-equiv=refresh content=0>", "<a href=javascript:alert(1)>clic</a>", "<!--", "]]>", "&lt;b&gt;&amp;&#x202e;",
  // Templates and addresses
  "{name}", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "<%= 7*7 %>", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
  "%3Cscript%3E", "..%2f..%2fetc%2fpasswd", "#/shares/s0?q=1&k=x",
  // Characters that turn, hide or control
  "annexe\u202egnp.exe", "\u2066\u2067caché\u2069.txt", "a\u0007b\u001b[31mrouge", "nul\u0000octet", "retour\r\nX-Header: 1", "zéro\u200bespace",
  "marque\ufeff", "sépa\u2028rateur\u2029", "n\u0303\u0303\u0303\u0303\u0303\u0303o", "\u009b31m",
  // Other writings, lengths, and what JavaScript takes for something of its own
  "שלום.txt", "مرحبا <b>.pdf", "👨‍👩‍👧‍👦 famille.jpg", `${"très-".repeat(47)}long.txt`, "__proto__", "constructor",
];
