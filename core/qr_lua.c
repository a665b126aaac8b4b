// core.qr: QR codes (ISO/IEC 18004) by libqrencode, drawn for browsers and terminals.
#include "error.h"
#include "host.h"
#include "modules.h"

#include <errno.h>
#include <lauxlib.h>
#include <qrencode.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { quiet_zone = 4, width_limit = 177 }; // modules; the widest code is version 40

// A code without its quiet zone. A copy, because nothing may raise while libqrencode's is held.
typedef struct {
  int width;
  unsigned char modules[width_limit * width_limit];
} qr_code;

static bool encode(const char *text, qr_code *code, bt_error *error) {
  QRcode *made = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  if (!made) {
    if (errno == ERANGE) return bt_fail(error, BT_INVALID, "text: too long for a QR code");
    if (errno == ENOMEM) return bt_fail(error, BT_FULL, "text: no memory for a QR code");
    return bt_fail(error, BT_INVALID, "text: nothing to put into a QR code");
  }
  code->width = made->width;
  memcpy(code->modules, made->data, (size_t)made->width * (size_t)made->width);
  QRcode_free(made);
  return true;
}

// Coordinates count from the corner of the code; everything around it is light.
static bool is_dark(const qr_code *code, int x, int y) {
  if (x < 0 || y < 0 || x >= code->width || y >= code->width) return false;
  return code->modules[y * code->width + x] & 1;
}

static const char *check_text(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, strlen(text) == length, 1, "text with a NUL");
  return text;
}

// Adds one row's runs of dark modules to the path: to (x, y), right, down, left.
static void add_runs(luaL_Buffer *buffer, const qr_code *code, int y) {
  for (int x = 0; x < code->width; x++) {
    int start = x;
    while (is_dark(code, x, y))
      x++;
    if (x == start) continue;
    int length = x - start;
    char run[64];
    int written = snprintf(run, sizeof run, "M%d %dh%dv1h-%dz", start + quiet_zone, y + quiet_zone,
                           length, length);
    luaL_addlstring(buffer, run, (size_t)written);
  }
}

static int qr_svg(lua_State *L) {
  const char *text = check_text(L);
  qr_code code;
  bt_error error;
  if (!encode(text, &code, &error)) return bt_host_fail(L, &error);
  int side = code.width + 2 * quiet_zone;
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  lua_pushfstring(L,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                  "shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" "
                  "fill=\"#fff\"/><path fill=\"#000\" d=\"",
                  side, side, side, side);
  luaL_addvalue(&buffer);
  for (int y = 0; y < code.width; y++)
    add_runs(&buffer, &code, y);
  luaL_addstring(&buffer, "\"/></svg>\n");
  luaL_pushresult(&buffer);
  return 1;
}

// Black on white from the fixed part of the 256 colours, which terminal themes leave alone; or,
// without colours, in those that the terminal has.
static int qr_terminal(lua_State *L) {
  static const char *const cells[] = {" ", "▀", "▄", "█"}; // + 1 upper dark, + 2 lower dark
  const char *text = check_text(L);
  bool is_plain = lua_toboolean(L, 2);
  qr_code code;
  bt_error error;
  if (!encode(text, &code, &error)) return bt_host_fail(L, &error);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int y = -quiet_zone; y < code.width + quiet_zone; y += 2) {
    luaL_addstring(&buffer, is_plain ? "" : "\033[38;5;16;48;5;231m");
    for (int x = -quiet_zone; x < code.width + quiet_zone; x++)
      luaL_addstring(&buffer, cells[is_dark(&code, x, y) + 2 * is_dark(&code, x, y + 1)]);
    luaL_addstring(&buffer, is_plain ? "\n" : "\033[0m\n");
  }
  luaL_pushresult(&buffer);
  return 1;
}

int luaopen_core_qr(lua_State *L) {
  static const luaL_Reg functions[] = {{"svg", qr_svg}, {"terminal", qr_terminal}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
