// Whole copies of an SQLite database, made while others write to it.
#ifndef BT_SQLITE_COPY_H
#define BT_SQLITE_COPY_H

#include "error.h"

#include <stdbool.h>

// Copies the database at `from` to the file `to`, mode 0600, as it is at one moment: by VACUUM INTO
// on a connection of its own, which neither waits for a writer nor holds one up. What has the name
// `to` is a whole database, checked and synced; it is made as `to`.new, which is overwritten.
// Before that the statements in `sql` are run on it (NULL for none), and what they delete is wiped.
// BT_INVALID: `from` is damaged. BT_MISSING: it is gone. BT_FULL: no room. On any thread.
bool bt_sqlite_copy(const char *from, const char *to, const char *sql, bt_error *error);

#endif
