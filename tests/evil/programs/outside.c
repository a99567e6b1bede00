/* Tries to reach what lies outside of its folders, by each function that takes a path. */
#include "escape.h"

static const char *const OUTSIDE[] = {
    "..", "../", "../.", "./..", "../secret", "../secret/secret.txt", "sub/../..", "sub/../../secret/secret.txt",
    "sub/../../given/../secret/secret.txt", ".././secret/secret.txt", "/", "//", "/.", "/etc", "/etc/passwd", "/proc/self/environ",
    "/dev/zero", "/given/file.txt", "/work", "up", "up/secret.txt", "up/new", "absolute", "absolute/secret.txt",
    "file_link", "chain", "chain/secret.txt", "root", "root/etc/passwd", "loop", "zero", "up/../given/file.txt",
    "dotdot", "dotdot/secret/secret.txt", "sub/up2/secret/secret.txt",
};

static void try_paths(__wasi_fd_t folder, const char *path) {
  static const __wasi_oflags_t how[] = {0, __WASI_OFLAGS_DIRECTORY, __WASI_OFLAGS_CREAT,
                                        __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, __WASI_OFLAGS_TRUNC};
  const __wasi_lookupflags_t follow = __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
  const bool is_link = strchr(path, '/') == NULL && path[0] != '.';
  __wasi_filestat_t stat;
  __wasi_fd_t fd;
  __wasi_size_t used;
  uint8_t target[100];
  for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
    attempt(open_at(folder, path, follow, how[i], TO_READ, &fd), "path_open", path);
    attempt(open_at(folder, path, follow, how[i], TO_WRITE, &fd), "path_open to write", path);
    attempt(open_at(folder, path, 0, how[i], TO_READ, &fd), "path_open without following", path);
  }
  attempt(__wasi_path_filestat_get(folder, follow, path, &stat), "path_filestat_get", path);
  attempt(__wasi_path_filestat_set_times(folder, follow, path, 0, 0, __WASI_FSTFLAGS_ATIM_NOW), "set_times", path);
  attempt(__wasi_path_create_directory(folder, path), "path_create_directory", path);
  attempt(__wasi_path_remove_directory(folder, path), "path_remove_directory", path);
  attempt(__wasi_path_link(folder, follow, path, WORK, "linked"), "path_link from", path);
  attempt(__wasi_path_link(WORK, 0, "mine.txt", folder, path), "path_link to", path);
  attempt(__wasi_path_symlink("mine.txt", folder, path), "path_symlink at", path);
  if (path[0] == '/') attempt(__wasi_path_symlink(path, WORK, "symlink"), "path_symlink to", path);
  /* The links themselves lie inside, in a folder that may be written. */
  if (is_link) return;
  attempt(__wasi_path_filestat_get(folder, 0, path, &stat), "path_filestat_get without following", path);
  attempt(__wasi_path_readlink(folder, path, target, sizeof target, &used), "path_readlink", path);
  attempt(__wasi_path_unlink_file(folder, path), "path_unlink_file", path);
  attempt(__wasi_path_rename(folder, path, WORK, "renamed"), "path_rename from", path);
  attempt(__wasi_path_rename(WORK, "mine.txt", folder, path), "path_rename to", path);
}

int main(void) {
  char longest[6000] = "";
  __wasi_fd_t fd;
  if (open_at(WORK, "mine.txt", 0, __WASI_OFLAGS_CREAT, TO_WRITE, &fd) != 0) return 101;
  /* Links of its own, which it may make and not follow. */
  if (__wasi_path_symlink("../secret", WORK, "own") != 0 || __wasi_path_symlink("own", WORK, "own_chain") != 0) return 102;
  for (size_t i = 0; i < sizeof OUTSIDE / sizeof *OUTSIDE; i++) {
    try_paths(GIVEN, OUTSIDE[i]);
    try_paths(WORK, OUTSIDE[i]);
  }
  try_paths(WORK, "own/secret.txt");
  try_paths(WORK, "own_chain/secret.txt");
  while (strlen(longest) + 4 < sizeof longest) strcat(longest, "../");
  try_paths(WORK, longest);
  memset(longest, 'a', sizeof longest - 1);
  try_paths(WORK, longest);
  try_paths(WORK, "\xff\xfe/secret.txt");
  return finish();
}
