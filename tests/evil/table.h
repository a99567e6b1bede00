/* The tables of deeds, which the hosts in C and in Julia read. */
#ifndef TABLE_H
#define TABLE_H

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A deed: a line of a table, cut at its bars. */
typedef struct {
  char line[400];
  const char *name, *guest, *limits, *end, *words;
} deed_t;

/* The next column of a line, without the spaces around it. */
static inline const char *next_column(char **rest) {
  char *column = *rest == NULL ? "" : strsep(rest, "|");
  while (isspace((unsigned char)*column)) column++;
  size_t len = strlen(column);
  while (len > 0 && isspace((unsigned char)column[len - 1])) len--;
  if (column[len] != 0) column[len] = 0;
  return column;
}

/* Reads the next deed. Returns false at the end of the table. */
static inline bool read_deed(FILE *table, deed_t *deed) {
  while (fgets(deed->line, sizeof deed->line, table) != NULL) {
    if (deed->line[0] == '#' || deed->line[0] == '\n') continue;
    char *rest = deed->line;
    deed->name = next_column(&rest);
    deed->guest = next_column(&rest);
    deed->limits = next_column(&rest);
    deed->end = next_column(&rest);
    deed->words = next_column(&rest);
    return true;
  }
  return false;
}

/* The limit of that name: a number, of bytes in `MiB` or of nanoseconds in `s`, or 1 if it has no number. If the deed
   has no such limit, `otherwise`. */
static inline uint64_t limit_of(const deed_t *deed, const char *name, uint64_t otherwise) {
  const size_t len = strlen(name);
  for (const char *at = deed->limits; (at = strstr(at, name)) != NULL; at += len) {
    const bool starts = at == deed->limits || at[-1] == ' ';
    if (!starts || (at[len] != '=' && at[len] != ' ' && at[len] != 0)) continue;
    if (at[len] != '=') return 1;
    char *unit;
    const double number = strtod(at + len + 1, &unit);
    const double scale = strncmp(unit, "MiB", 3) == 0 ? 1 << 20 : *unit == 's' ? 1e9 : 1;
    return (uint64_t)(number * scale);
  }
  return otherwise;
}

#endif
