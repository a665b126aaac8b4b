// How C functions fail.
#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *bt_code_name(bt_code code) {
  static const char *const names[] = {
      [BT_INVALID] = "invalid", [BT_DENIED] = "denied", [BT_MISSING] = "missing",
      [BT_EXISTS] = "exists",   [BT_GONE] = "gone",     [BT_BUSY] = "busy",
      [BT_FULL] = "full",       [BT_FAILED] = "failed",
  };
  return names[code];
}

static void fill(bt_error *error, bt_code code, const char *format, va_list arguments) {
  error->code = code;
  vsnprintf(error->message, sizeof error->message, format, arguments);
}

int bt_fail(bt_error *error, bt_code code, const char *format, ...) {
  if (error) {
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, format, arguments);
    va_end(arguments);
  }
  return 0;
}

static bt_code code_of_errno(int number) {
  switch (number) {
  case EINVAL:
  case ENAMETOOLONG:
  case ENOTDIR:
  case EISDIR:
    return BT_INVALID;
  case EACCES:
  case EPERM:
  case EROFS:
  case ELOOP:
  case EXDEV:
    return BT_DENIED;
  case ENOENT:
    return BT_MISSING;
  case EEXIST:
  case EADDRINUSE:
    return BT_EXISTS;
  case ESTALE:
    return BT_GONE;
  case EAGAIN:
  case EBUSY:
    return BT_BUSY;
  case ENOSPC:
  case EDQUOT:
  case EMFILE:
  case ENFILE:
  case ENOMEM:
    return BT_FULL;
  default:
    return BT_FAILED;
  }
}

int bt_fail_errno(bt_error *error, int number, const char *format, ...) {
  if (error) {
    va_list arguments;
    va_start(arguments, format);
    fill(error, code_of_errno(number), format, arguments);
    va_end(arguments);
    size_t used = strlen(error->message);
    snprintf(error->message + used, sizeof error->message - used, ": %s", strerror(number));
  }
  return 0;
}
