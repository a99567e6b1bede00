/* The folders of deeds: one that a guest may read, one that it may write, and one that it was not given. */
#ifndef WORLD_H
#define WORLD_H

#include "../c/check.h"
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#define WORLD "target/evil/world"

static inline int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *where) {
  (void)stat, (void)type, (void)where;
  return remove(path);
}

static inline void delete_world_folder(void) { nftw(WORLD, remove_entry, 20, FTW_DEPTH | FTW_PHYS); }

static inline void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static inline void make_link(const char *target, const char *path) { CHECK(symlink(target, path) == 0); }

/* Links to what lies outside, in a folder of the guest. */
static inline void make_links(const char *folder) {
  char here[PATH_MAX], path[PATH_MAX + 100], target[PATH_MAX + 100];
  const char *const links[][2] = {{"up", "../secret"}, {"chain", "up"}, {"file_link", "../secret/secret.txt"},
                                  {"root", "/"}, {"loop", "loop"}, {"zero", "/dev/zero"}, {"dotdot", ".."},
                                  {"sub/up2", "../.."}, {"fifo_link", "fifo"}};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    snprintf(path, sizeof path, WORLD "/%s/%s", folder, links[i][0]);
    make_link(links[i][1], path);
  }
  CHECK(realpath(WORLD, here) != NULL);
  snprintf(target, sizeof target, "%s/secret", here);
  snprintf(path, sizeof path, WORLD "/%s/absolute", folder);
  make_link(target, path);
}

static inline void make_special_files(void) {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const struct sockaddr_un address = {AF_UNIX, WORLD "/work/socket"};
  CHECK(mkfifo(WORLD "/work/fifo", 0600) == 0);
  CHECK(bind(fd, (const struct sockaddr *)&address, sizeof address) == 0);
  close(fd);
  /* Only the superuser may make devices, and not everywhere. */
  if (mknod(WORLD "/work/device", S_IFCHR | 0600, makedev(1, 5)) != 0) make_link("/dev/zero", WORLD "/work/device");
}

static inline void make_world_folder(void) {
  static const char *const folders[] = {"", "/given", "/given/sub", "/given/empty", "/work", "/work/sub", "/secret", "/work/swap"};
  delete_world_folder();
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    char path[100];
    snprintf(path, sizeof path, WORLD "%s", folders[i]);
    CHECK(mkdir(path, 0700) == 0);
  }
  write_file(WORLD "/given/file.txt", "given");
  write_file(WORLD "/given/sub/deep.txt", "deep");
  write_file(WORLD "/secret/secret.txt", "SECRET, which no guest has");
  write_file(WORLD "/work/swap/secret.txt", "harmless");
  make_link("../secret", WORLD "/work/swap_link");
  make_links("given");
  make_links("work");
  make_special_files();
}

static text_t seen;

static inline int look_at(const char *path, const struct stat *stat, int type, struct FTW *where) {
  char line[PATH_MAX + 300], text[100] = "";
  (void)where;
  if (type == FTW_F && S_ISREG(stat->st_mode)) {
    FILE *file = fopen(path, "r");
    if (file != NULL) text[fread(text, 1, sizeof text - 1, file)] = 0;
    if (file != NULL) fclose(file);
  }
  snprintf(line, sizeof line, "%s %o %lld %lld.%09ld %lu %s\n", path, stat->st_mode, (long long)stat->st_size,
           (long long)stat->st_mtim.tv_sec, stat->st_mtim.tv_nsec, (unsigned long)stat->st_nlink, text);
  put(&seen, line);
  return 0;
}

/* A text of all that lies in the folders that a guest may not change. */
static inline char *look_at_world(void) {
  struct stat stat;
  seen = (text_t){NULL, 0, 0};
  nftw(WORLD "/given", look_at, 20, FTW_PHYS);
  nftw(WORLD "/secret", look_at, 20, FTW_PHYS);
  if (lstat(WORLD, &stat) == 0) look_at(WORLD, &stat, FTW_D, NULL);
  return seen.data;
}

#endif
