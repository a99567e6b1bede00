/* Attempts of a guest: each that succeeds is a way out. The exit status is the number of those that did. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

/* The folders that the guest was given: one to read, one to write. */
enum { GIVEN = 3, WORK = 4 };

static const __wasi_rights_t ALL_RIGHTS = UINT64_MAX >> 35;
static const __wasi_rights_t TO_READ =
    __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_FD_FILESTAT_GET;
static const __wasi_rights_t TO_WRITE = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK |
                                        __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE |
                                        __WASI_RIGHTS_FD_FILESTAT_SET_TIMES;

static int ways_out;

static inline void attempt(__wasi_errno_t result, const char *deed, const char *path) {
  if (result != __WASI_ERRNO_SUCCESS) return;
  ways_out++;
  fprintf(stderr, "a way out: %s %s\n", deed, path);
}

static inline __wasi_errno_t open_at(__wasi_fd_t folder, const char *path, __wasi_lookupflags_t lookup,
                              __wasi_oflags_t how, __wasi_rights_t rights, __wasi_fd_t *fd) {
  return __wasi_path_open(folder, lookup, path, how, rights, rights, 0, fd);
}

static inline int finish(void) { return ways_out > 100 ? 100 : ways_out; }

#endif
