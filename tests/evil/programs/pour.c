/* Takes resources without an end: the argument says which. Exits with 0 when it gets no more. */
#include "escape.h"

static uint8_t block[65536];
static const __wasi_ciovec_t bytes = {block, sizeof block};

static __wasi_fd_t new_file(const char *path) {
  __wasi_fd_t fd;
  if (open_at(WORK, path, 0, __WASI_OFLAGS_CREAT, TO_WRITE, &fd) != 0) exit(101);
  return fd;
}

/* Writes to a descriptor until it fails. */
static __wasi_errno_t pour(__wasi_fd_t fd) {
  __wasi_size_t written;
  __wasi_errno_t error;
  while ((error = __wasi_fd_write(fd, &bytes, 1, &written)) == 0) { }
  return error;
}

static __wasi_errno_t pour_names(void) {
  __wasi_errno_t error = 0;
  for (unsigned i = 0; error == 0; i++) {
    char name[20];
    snprintf(name, sizeof name, "name%u", i);
    error = i % 2 == 0 ? __wasi_path_create_directory(WORK, name) : __wasi_path_symlink("x", WORK, name);
  }
  return error;
}

static __wasi_errno_t pour_opened(void) {
  __wasi_errno_t error = 0;
  __wasi_fd_t fd;
  while (error == 0) error = open_at(GIVEN, "file.txt", 0, 0, TO_READ, &fd);
  return error;
}

static __wasi_errno_t pour_sizes(void) {
  const __wasi_fd_t fd = new_file("large.bin");
  __wasi_size_t written;
  if (__wasi_fd_filestat_set_size(fd, UINT64_MAX >> 2) == 0 || __wasi_fd_filestat_set_size(fd, 1ull << 40) == 0 ||
      __wasi_fd_allocate(fd, 0, 1ull << 40) == 0 || __wasi_fd_allocate(fd, 1ull << 40, 1) == 0) {
    return 0;
  }
  return __wasi_fd_pwrite(fd, &bytes, 1, 1ull << 40, &written);
}

int main(int argc, char **argv) {
  const char *const what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "stdout") == 0) pour(1);
  if (strcmp(what, "stderr") == 0) pour(2);
  if (strcmp(what, "file") == 0) return pour(new_file("large.bin")) == __WASI_ERRNO_NOSPC ? 0 : 102;
  if (strcmp(what, "large") == 0) return pour(new_file("large.bin")) == __WASI_ERRNO_FBIG ? 0 : 103;
  if (strcmp(what, "full") == 0) return pour(1) == __WASI_ERRNO_NOSPC ? 0 : 107;
  if (strcmp(what, "names") == 0) return pour_names() == __WASI_ERRNO_NOSPC ? 0 : 104;
  if (strcmp(what, "opened") == 0) return pour_opened() == __WASI_ERRNO_MFILE ? 0 : 105;
  if (strcmp(what, "sizes") == 0) return pour_sizes() == __WASI_ERRNO_NOSPC ? 0 : 106;
  if (strcmp(what, "random") == 0) {
    for (;;) (void)__wasi_random_get(block, sizeof block);
  }
  return 110;
}
