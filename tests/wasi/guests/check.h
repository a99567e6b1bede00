/* Named cases with checks. A guest prints a line for each case, and before it a line for each check that fails. */
#ifndef CHECK_H
#define CHECK_H

#include "preview1.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The folders that the host opens for the guest. */
enum { RW = 3, RO = 4 };

/* A path and its length. */
#define PATH(text) (text), (uint32_t)(sizeof(text) - 1)

static const char *const errno_names[ERRNOS] = {
    "success", "2big", "acces", "addrinuse", "addrnotavail", "afnosupport", "again", "already", "badf", "badmsg",
    "busy", "canceled", "child", "connaborted", "connrefused", "connreset", "deadlk", "destaddrreq", "dom", "dquot",
    "exist", "fault", "fbig", "hostunreach", "idrm", "ilseq", "inprogress", "intr", "inval", "io", "isconn", "isdir",
    "loop", "mfile", "mlink", "msgsize", "multihop", "nametoolong", "netdown", "netreset", "netunreach", "nfile",
    "nobufs", "nodev", "noent", "noexec", "nolck", "nolink", "nomem", "nomsg", "noprotoopt", "nospc", "nosys",
    "notconn", "notdir", "notempty", "notrecoverable", "notsock", "notsup", "notty", "nxio", "overflow", "ownerdead",
    "perm", "pipe", "proto", "protonosupport", "prototype", "range", "rofs", "spipe", "srch", "stale", "timedout",
    "txtbsy", "xdev", "notcapable"};

static const char *current;
static bool current_failed;

static inline void end_case(void) {
  if (current != NULL) printf("%s %s\n", current_failed ? "FAILED" : "ok", current);
  current = NULL;
  fflush(stdout);
}

static inline void begin_case(const char *name) {
  end_case();
  current = name;
  current_failed = false;
}

static inline const char *name_of(int32_t code) {
  return code >= 0 && code < ERRNOS ? errno_names[code] : "no errno";
}

static inline bool check_errno(int32_t code, const char *call, const char *file, int line, const int *expected,
                               size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (code == expected[i]) return true;
  }
  printf("    %s:%d: %s: %s, not", file, line, call, name_of(code));
  for (size_t i = 0; i < count; i++) printf(" %s", name_of(expected[i]));
  printf("\n");
  current_failed = true;
  return false;
}

static inline bool check_that(bool holds, const char *condition, const char *file, int line) {
  if (!holds) printf("    %s:%d: %s\n", file, line, condition);
  current_failed |= !holds;
  return holds;
}

#define CASE(name) begin_case(name)

/* The call gives one of these errnos. */
#define GIVES(call, ...)                                                          \
  check_errno((call), #call, __FILE_NAME__, __LINE__, (const int[]){__VA_ARGS__}, \
              sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

#define OK(call) GIVES(call, SUCCESS)

#define CHECK(condition) check_that((condition), #condition, __FILE_NAME__, __LINE__)

/* The errnos of a path that leaves its folder. */
#define OUTSIDE PERM, NOTCAPABLE

/* The errnos of an attempt to change a folder that may only be read. */
#define READ_ONLY ROFS, PERM, ACCES, NOTCAPABLE

/* The errnos of a descriptor of a sort that the function isn't for. */
#define WRONG_SORT BADF, NOTDIR, ISDIR, INVAL, SPIPE, NOTSUP, NOTCAPABLE

static inline uint32_t open_file(const char *path, uint32_t oflags, uint64_t rights, uint32_t fdflags) {
  uint32_t fd = UINT32_MAX;
  int32_t code = raw_path_open(RW, FOLLOW, path, (uint32_t)strlen(path), oflags, rights, rights, fdflags, &fd);
  if (code != SUCCESS) {
    printf("    %s can't be opened: %s\n", path, name_of(code));
    current_failed = true;
  }
  return fd;
}

/* A file with this text, open for reading and writing, at its start. */
static inline uint32_t new_file(const char *path, const char *text) {
  uint32_t fd = open_file(path, CREAT | TRUNC, RIGHTS_OF_FILES, 0), len = 0;
  vector_t vector = {text, (uint32_t)strlen(text)};
  uint64_t offset = 0;
  if (vector.len > 0) OK(raw_fd_write(fd, &vector, 1, &len));
  CHECK(len == vector.len);
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &offset));
  return fd;
}

static inline void make_file(const char *path, const char *text) { OK(raw_fd_close(new_file(path, text))); }

/* Whether a file holds exactly this text. */
static inline bool holds(const char *path, const char *text) {
  char bytes[256];
  uint32_t fd = open_file(path, 0, RIGHT_READ, 0), len = 0;
  vector_t vector = {bytes, sizeof bytes};
  OK(raw_fd_read(fd, &vector, 1, &len));
  OK(raw_fd_close(fd));
  return len == strlen(text) && memcmp(bytes, text, len) == 0;
}

static inline uint8_t filetype_of(const char *path) {
  filestat_t stat = {0};
  OK(raw_path_filestat_get(RW, 0, path, (uint32_t)strlen(path), &stat));
  return stat.filetype;
}

#endif
