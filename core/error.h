// How C functions fail: a code that means something to HTTP and a sentence for people.
//
// A function that may fail takes `bt_error *error` last, fills it only on failure, and returns
// false, NULL or a negative number. Messages are in lower case, without a full stop, and name the
// thing at fault first: "/srv/share: permission denied".
#ifndef BT_ERROR_H
#define BT_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  BT_INVALID, // 400: the caller's values make no sense
  BT_DENIED,  // 403: not allowed
  BT_MISSING, // 404: no such thing
  BT_EXISTS,  // 409: already there, or in use
  BT_GONE,    // 410: was there, changed or went away
  BT_BUSY,    // 503: later
  BT_FULL,    // 507: no space, or a limit is reached
  BT_FAILED,  // 500: anything else
} bt_code;

typedef struct {
  bt_code code;
  char message[256]; // terminated, cut when longer
} bt_error;

// The word that Lua sees for `code`: "invalid", "denied", ... Static, never to free.
const char *bt_code_name(bt_code code);

// Fills `error` (which may be NULL) and returns false, so that `return bt_fail(...)` reads well.
#ifdef __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
int bt_fail(bt_error *error, bt_code code, const char *format, ...);

// As bt_fail, with ": " and the system's words for `number` appended, and the code that fits it
// (ENOENT is BT_MISSING, EACCES is BT_DENIED, ENOSPC is BT_FULL, ...).
#ifdef __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
int bt_fail_errno(bt_error *error, int number, const char *format, ...);

#ifdef __cplusplus
}
#endif

#endif
