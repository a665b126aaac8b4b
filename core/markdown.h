// Markdown (CommonMark, by libcmark) as HTML that can be shown to anybody, whoever wrote the text.
//
// What comes out holds no markup but cmark's own: HTML in the text is left out, an image is its
// text, a link leads to http, https or mailto and is not followed by search engines. Headings go
// one level down, for they stand in a page that has a title of its own.
//
// Threads: free of state; takes milliseconds, a tenth of a second for a text made to be slow.
#ifndef BT_MARKDOWN_H
#define BT_MARKDOWN_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

enum { bt_markdown_limit = 64 * 1024 }; // bytes of a text

typedef struct {
  char *html; // the owner's, to free with bt_markdown_clear, as all of it
  char
      *heading; // the text that it begins with, where that is a heading of the first level; or NULL
} bt_markdown;

// Renders `text` (UTF-8; what is not becomes U+FFFD). A heading at its beginning that says `title`
// (NULL: none) is left out. BT_FULL beyond the limit, or where what it makes is out of proportion.
bool bt_markdown_render(const char *text, size_t length, const char *title, bt_markdown *result,
                        bt_error *error);

void bt_markdown_clear(bt_markdown *result);

#endif
