// Markdown as HTML: cmark parses and renders, and in between what a stranger may not write is taken
// out.
#include "markdown.h"

#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Beyond it a text was made to swell: 64 KiB of quotes in quotes become 16 times as much.
enum { html_limit = 512 * 1024, address_limit = 2048, deepest = 6 };

static bool may_lead_to(const char *address) {
  static const char *const schemes[] = {"http://", "https://", "mailto:"};
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
    if (strncasecmp(address, schemes[i], strlen(schemes[i])) == 0)
      return strlen(address) <= address_limit;
  return false;
}

// For an attribute in double quotes. What has a meaning in an address stays, all else is percent.
static void append_address(char *end, const char *address) {
  static const char plain[] = "-_.~!*();:@=+$,/?#[]%";
  for (; *address; address++) {
    unsigned char byte = (unsigned char)*address;
    bool is_word = (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z');
    if (is_word || strchr(plain, byte))
      end += sprintf(end, "%c", byte);
    else if (byte == '&')
      end += sprintf(end, "&amp;");
    else
      end += sprintf(end, "%%%02X", byte);
  }
  strcpy(end, "\" rel=\"noopener nofollow\">");
}

// Takes `node` out of the tree; what it held stands in its place, or in `around`.
static void unwrap(cmark_node *node, cmark_node *around) {
  if (around) cmark_node_insert_before(node, around);
  for (cmark_node *child; (child = cmark_node_first_child(node));)
    if (around)
      cmark_node_append_child(around, child);
    else
      cmark_node_insert_before(node, child);
  cmark_node_unlink(node);
  cmark_node_free(node);
}

static void replace_link(cmark_node *link) {
  static const char begin[] = "<a href=\"";
  const char *address = cmark_node_get_url(link);
  cmark_node *around = NULL;
  char tag[sizeof begin + 5 * address_limit + 32]; // five bytes for a "&"
  if (address && may_lead_to(address)) {
    strcpy(tag, begin);
    append_address(tag + sizeof begin - 1, address);
    around = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    cmark_node_set_on_enter(around, tag);
    cmark_node_set_on_exit(around, "</a>");
  }
  unwrap(link, around);
}

static void lower(cmark_node *heading) {
  int level = cmark_node_get_heading_level(heading);
  if (level < deepest) cmark_node_set_heading_level(heading, level + 1);
}

// A node may be changed when it is left; one without children when it is entered.
static void make_safe(cmark_node *root) {
  cmark_iter *walk = cmark_iter_new(root);
  for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
    cmark_node *node = cmark_iter_get_node(walk);
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
      unwrap(node, NULL);
    } else if (event == CMARK_EVENT_EXIT) {
      if (type == CMARK_NODE_LINK) replace_link(node);
      if (type == CMARK_NODE_IMAGE) unwrap(node, NULL);
      if (type == CMARK_NODE_HEADING) lower(node);
    }
  }
  cmark_iter_free(walk);
}

// The words of a heading, without marks; the caller's, to free. NULL where it has none.
static char *words_of(cmark_node *heading) {
  char *words = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&words, &length);
  if (!out) return NULL;
  cmark_iter *walk = cmark_iter_new(heading);
  for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
    cmark_node *node = cmark_iter_get_node(walk);
    cmark_node_type type = cmark_node_get_type(node);
    if (event != CMARK_EVENT_ENTER) continue;
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
      fputs(cmark_node_get_literal(node), out);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) fputc(' ', out);
  }
  cmark_iter_free(walk);
  fclose(out);
  if (length > 0) return words;
  free(words);
  return NULL;
}

static char *take_heading(cmark_node *root, const char *title) {
  cmark_node *first = cmark_node_first_child(root);
  while (first && cmark_node_get_type(first) == CMARK_NODE_HTML_BLOCK)
    first = cmark_node_next(first);
  if (!first || cmark_node_get_type(first) != CMARK_NODE_HEADING) return NULL;
  if (cmark_node_get_heading_level(first) != 1) return NULL;
  char *words = words_of(first);
  if (words && title && strcmp(words, title) == 0) {
    cmark_node_unlink(first);
    cmark_node_free(first);
  }
  return words;
}

bool bt_markdown_render(const char *text, size_t length, const char *title, bt_markdown *result,
                        bt_error *error) {
  if (length > bt_markdown_limit) return bt_fail(error, BT_FULL, "markdown: more than 64 KiB");
  int options = CMARK_OPT_SAFE | CMARK_OPT_VALIDATE_UTF8;
  cmark_node *root = cmark_parse_document(text, length, options);
  *result = (bt_markdown){.heading = take_heading(root, title)};
  make_safe(root);
  result->html = cmark_render_html(root, options);
  cmark_node_free(root);
  if (result->html && strlen(result->html) <= html_limit) return true;
  bt_markdown_clear(result);
  return bt_fail(error, BT_FULL, "markdown: would be too long a page");
}

void bt_markdown_clear(bt_markdown *result) {
  free(result->html);
  free(result->heading);
  *result = (bt_markdown){0};
}
