/* Tries to change the folder that it may only read, by each function that changes anything. */
#include "escape.h"

int main(void) {
  static const __wasi_oflags_t how[] = {0, __WASI_OFLAGS_CREAT, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL,
                                        __WASI_OFLAGS_TRUNC, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC};
  static const char *const paths[] = {"file.txt", "new.txt", "sub/deep.txt", "sub/new.txt", "./sub/../file.txt"};
  const __wasi_timestamp_t then = 1000000000;
  const __wasi_fstflags_t times = __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM;
  __wasi_fd_t fd, sub;
  __wasi_size_t written;
  const __wasi_ciovec_t bytes = {(const uint8_t *)"overwritten", 11};
  if (open_at(WORK, "mine.txt", 0, __WASI_OFLAGS_CREAT, TO_WRITE, &fd) != 0) return 101;
  if (open_at(GIVEN, "sub", 0, __WASI_OFLAGS_DIRECTORY, TO_READ, &sub) != 0) return 102;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    for (size_t j = 0; j < sizeof how / sizeof *how; j++) {
      attempt(open_at(GIVEN, paths[i], 0, how[j], TO_WRITE, &fd), "path_open to write", paths[i]);
      attempt(open_at(GIVEN, paths[i], 0, how[j], ALL_RIGHTS, &fd), "path_open with all rights", paths[i]);
      if (j > 0) attempt(open_at(GIVEN, paths[i], 0, how[j], TO_READ, &fd), "path_open to create", paths[i]);
    }
    attempt(__wasi_path_filestat_set_times(GIVEN, 0, paths[i], then, then, times), "path_filestat_set_times", paths[i]);
    attempt(__wasi_path_unlink_file(GIVEN, paths[i]), "path_unlink_file", paths[i]);
    attempt(__wasi_path_create_directory(GIVEN, paths[i]), "path_create_directory", paths[i]);
    attempt(__wasi_path_symlink("file.txt", GIVEN, paths[i]), "path_symlink", paths[i]);
    attempt(__wasi_path_rename(GIVEN, paths[i], WORK, "taken.txt"), "path_rename from", paths[i]);
    attempt(__wasi_path_rename(WORK, "mine.txt", GIVEN, paths[i]), "path_rename to", paths[i]);
    attempt(__wasi_path_rename(GIVEN, paths[i], GIVEN, "elsewhere"), "path_rename within", paths[i]);
    attempt(__wasi_path_link(GIVEN, 0, paths[i], WORK, "hard.txt"), "path_link from", paths[i]);
    attempt(__wasi_path_link(WORK, 0, "mine.txt", GIVEN, paths[i]), "path_link to", paths[i]);
  }
  attempt(__wasi_path_remove_directory(GIVEN, "sub"), "path_remove_directory", "sub");
  attempt(__wasi_path_remove_directory(GIVEN, "empty"), "path_remove_directory", "empty");
  attempt(__wasi_path_create_directory(sub, "new"), "path_create_directory in", "sub");
  attempt(__wasi_path_unlink_file(sub, "deep.txt"), "path_unlink_file in", "sub");
  attempt(open_at(sub, "new.txt", 0, __WASI_OFLAGS_CREAT, TO_WRITE, &fd), "path_open in", "sub");
  attempt(__wasi_fd_filestat_set_times(GIVEN, then, then, times), "fd_filestat_set_times", "given");
  attempt(__wasi_fd_fdstat_set_rights(GIVEN, ALL_RIGHTS, ALL_RIGHTS), "fd_fdstat_set_rights", "given");
  /* A file that is open to read. */
  if (open_at(GIVEN, "file.txt", 0, 0, TO_READ, &fd) != 0) return 103;
  attempt(__wasi_fd_write(fd, &bytes, 1, &written), "fd_write", "file.txt");
  attempt(__wasi_fd_pwrite(fd, &bytes, 1, 0, &written), "fd_pwrite", "file.txt");
  attempt(__wasi_fd_allocate(fd, 0, 1000), "fd_allocate", "file.txt");
  attempt(__wasi_fd_filestat_set_size(fd, 0), "fd_filestat_set_size", "file.txt");
  attempt(__wasi_fd_filestat_set_times(fd, then, then, times), "fd_filestat_set_times", "file.txt");
  if (__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND) == 0) {
    attempt(__wasi_fd_write(fd, &bytes, 1, &written), "fd_write to append", "file.txt");
  }
  /* Under the number of a folder that may be written. */
  if (__wasi_fd_renumber(GIVEN, WORK) == 0) {
    attempt(__wasi_path_create_directory(WORK, "new"), "path_create_directory after", "fd_renumber");
    attempt(__wasi_path_unlink_file(WORK, "file.txt"), "path_unlink_file after", "fd_renumber");
  }
  return finish();
}
