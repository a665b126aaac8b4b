// Whole copies of an SQLite database, made while others write to it.
#include "sqlite_copy.h"

#include "sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_sqlite(sqlite3 *handle, bt_sqlite *connection, bt_error *error) {
  int primary = sqlite3_errcode(handle) & 0xff;
  bt_sqlite_fail(connection, error);
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) error->code = BT_INVALID;
  return false;
}

// A journal that is left beside it would be rolled back into whatever has its name next.
static void discard(const char *path) {
  char *journal = sqlite3_mprintf("%s-journal", path);
  if (journal) unlink(journal);
  sqlite3_free(journal);
  unlink(path);
}

// SQLite writes into a file that is empty; one that it made itself would be as open as the umask.
static bool make_empty(const char *path, bt_error *error) {
  discard(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return bt_fail_errno(error, errno, "%s", path);
  close(fd);
  return true;
}

static bool vacuum_into(bt_sqlite *connection, const char *path, bt_error *error) {
  char *sql = sqlite3_mprintf("VACUUM INTO %Q", path);
  if (!sql) return bt_fail(error, BT_FULL, "%s: no memory", path);
  sqlite3 *handle = bt_sqlite_handle(connection);
  int result = sqlite3_exec(handle, sql, NULL, NULL, NULL);
  sqlite3_free(sql);
  return result == SQLITE_OK || fail_sqlite(handle, connection, error);
}

static int note_verdict(void *is_whole, int columns, char **values, char **names) {
  (void)names;
  *(bool *)is_whole = columns == 1 && values[0] && strcmp(values[0], "ok") == 0;
  return 0;
}

// A value may be damaged in a way that only what is said of its column tells. The journal is in
// memory: a copy that is left half done has no name.
static bool finish(const char *path, const char *sql, bt_error *error) {
  sqlite3 *handle = NULL;
  bool is_whole = false;
  int result = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_exec(handle, "PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON", NULL,
                          NULL, NULL);
  if (result == SQLITE_OK && sql) result = sqlite3_exec(handle, sql, NULL, NULL, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_exec(handle, "PRAGMA quick_check(1)", note_verdict, &is_whole, NULL);
  bt_fail(error, result == SQLITE_FULL ? BT_FULL : BT_FAILED, "%s: %s", path,
          sqlite3_errmsg(handle));
  sqlite3_close(handle);
  if (result == SQLITE_OK && is_whole) return true;
  bool is_damage = result == SQLITE_OK || result == SQLITE_CORRUPT;
  return is_damage ? bt_fail(error, BT_INVALID, "%s: the copy is not whole", path) : false;
}

static bool sync_path(const char *path, int flags, bt_error *error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return bt_fail_errno(error, errno, "%s", path);
  int number = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return number == 0 || bt_fail_errno(error, number, "%s", path);
}

// After this the copy has its name, also where the power goes.
static bool publish(const char *fresh, const char *to, bt_error *error) {
  if (!sync_path(fresh, 0, error)) return false;
  if (rename(fresh, to) != 0) return bt_fail_errno(error, errno, "%s", to);
  const char *slash = strrchr(to, '/');
  char *folder = slash ? sqlite3_mprintf("%.*s/", (int)(slash - to), to) : sqlite3_mprintf(".");
  if (!folder) return bt_fail(error, BT_FULL, "%s: no memory", to);
  bool is_synced = sync_path(folder, O_DIRECTORY, error);
  sqlite3_free(folder);
  return is_synced;
}

static bool copy_as(const char *from, const char *fresh, const char *to, const char *sql,
                    bt_error *error) {
  bt_sqlite *connection = bt_sqlite_open(from, error);
  if (!connection) return false;
  bool is_copied = make_empty(fresh, error) && vacuum_into(connection, fresh, error);
  bt_sqlite_close(connection);
  bool is_done = is_copied && finish(fresh, sql, error) && publish(fresh, to, error);
  if (!is_done) discard(fresh);
  return is_done;
}

bool bt_sqlite_copy(const char *from, const char *to, const char *sql, bt_error *error) {
  struct stat status;
  bt_error ignored;
  if (!error) error = &ignored;
  // One that is gone must not be begun anew, and an empty one become the newest copy.
  if (stat(from, &status) != 0) return bt_fail_errno(error, errno, "%s", from);
  if (status.st_size == 0) return bt_fail(error, BT_INVALID, "%s: empty", from);
  char *fresh = sqlite3_mprintf("%s.new", to);
  if (!fresh) return bt_fail(error, BT_FULL, "%s: no memory", to);
  bool is_done = copy_as(from, fresh, to, sql, error);
  sqlite3_free(fresh);
  return is_done;
}
