-- English: pages that open with a password, and limits that are reached.
return {
  ["lock.title"] = "A password, please",
  ["lock.next"] = "The sender has locked this. The password comes from the person who sent you the link.",
  ["lock.password"] = "Password",
  ["lock.open"] = "Open",
  ["lock.wrong"] = "That is not the password.",
  ["lock.wrong.next"] = "Capital and small letters count.",
  ["lock.throttled"] = "Too many wrong passwords.",
  ["lock.throttled.next"] = { one = "Try again in {n} second.", other = "Try again in {n} seconds." },
  ["lock.blank"] = "PASSWORD",
  ["lock.fill"] = "Write the password in place of {blank}.",
  ["lock.curl"] = "With curl: -u :PASSWORD",
  ["trouble.full"] = "A limit has been reached.",
  ["trouble.full.next"] = "Try again later.",
}
