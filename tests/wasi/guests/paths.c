/* path_open, path_filestat_get and path_filestat_set_times, and hostile paths in each function that takes one. */
#include "check.h"
#include <stdlib.h>

static uint32_t opened;

static int32_t open_at(uint32_t dir, const char *path, uint32_t lookup, uint32_t oflags, uint64_t rights) {
  return raw_path_open(dir, lookup, path, (uint32_t)strlen(path), oflags, rights, rights, 0, &opened);
}

static int32_t open_path(const char *path, uint32_t lookup, uint32_t oflags) {
  return open_at(RW, path, lookup, oflags, RIGHT_READ);
}

/* The call opens a file, which is closed again. */
#define OPENS(call)                                \
  do {                                             \
    if (OK(call)) OK(raw_fd_close(opened));        \
  } while (0)

static void opening(void) {
  CASE("path_open opens, creates, cuts");
  GIVES(open_path("made", 0, 0), NOENT);
  OPENS(open_path("made", 0, CREAT));
  OPENS(open_path("made", 0, CREAT));
  make_file("made", "text");
  OPENS(open_path("made", 0, 0));
  CHECK(holds("made", "text"));
  OPENS(open_at(RW, "made", 0, TRUNC, RIGHTS_OF_FILES));
  CHECK(holds("made", ""));

  CASE("path_open with excl makes a new file only");
  GIVES(open_path("made", 0, CREAT | EXCL), EXIST);
  OPENS(open_path("new", 0, CREAT | EXCL));
  OK(raw_path_symlink(PATH("nowhere"), RW, PATH("dangling")));
  GIVES(open_path("dangling", FOLLOW, CREAT | EXCL), EXIST);
  GIVES(open_path("nowhere", 0, 0), NOENT);

  CASE("path_open with directory opens a folder only");
  OPENS(open_path("folder", 0, DIRECTORY));
  GIVES(open_path("made", 0, DIRECTORY), NOTDIR);
  GIVES(open_path("missing", 0, DIRECTORY), NOENT);

  CASE("path_open of a folder for writing, or to cut it, is an error");
  GIVES(open_at(RW, "folder", 0, TRUNC, RIGHT_WRITE), ISDIR, INVAL);
  GIVES(open_path("folder", 0, CREAT | EXCL), EXIST, ISDIR);

  CASE("path_open of a folder leaves away rights that only files have");
  OPENS(open_at(RW, "folder", 0, DIRECTORY, ALL_RIGHTS));

  CASE("path_open makes no folder");
  GIVES(open_path("new folder", 0, CREAT | DIRECTORY), INVAL, ISDIR, NOENT, NOTDIR, NOTSUP);
  GIVES(open_path("new folder", 0, 0), NOENT);

  CASE("path_open without rights gives a descriptor that can't write");
  uint32_t len = 0;
  vector_t out = {"x", 1};
  if (OK(open_at(RW, "made", 0, 0, 0))) {
    GIVES(raw_fd_write(opened, &out, 1, &len), BADF, PERM, NOTCAPABLE);
    OK(raw_fd_close(opened));
  }

  CASE("path_open takes each flag of descriptors");
  for (uint32_t flag = APPEND; flag <= SYNC; flag *= 2) {
    int32_t code = raw_path_open(RW, 0, PATH("made"), 0, RIGHTS_OF_FILES, 0, flag, &opened);
    if (GIVES(code, SUCCESS, NOTSUP, INVAL) && code == SUCCESS) OK(raw_fd_close(opened));
  }

  CASE("path_open refuses flags and rights that don't exist");
  GIVES(raw_path_open(RW, 2, PATH("made"), 0, 0, 0, 0, &opened), INVAL);
  GIVES(raw_path_open(RW, 0x80000000, PATH("made"), 0, 0, 0, 0, &opened), INVAL);
  GIVES(raw_path_open(RW, 0, PATH("made"), 16, 0, 0, 0, &opened), INVAL);
  GIVES(raw_path_open(RW, 0, PATH("made"), 0x10000, 0, 0, 0, &opened), INVAL);
  GIVES(raw_path_open(RW, 0, PATH("made"), 0, UINT64_C(1) << 30, 0, 0, &opened), INVAL);
  GIVES(raw_path_open(RW, 0, PATH("made"), 0, 0, UINT64_MAX, 0, &opened), INVAL);
  GIVES(raw_path_open(RW, 0, PATH("made"), 0, 0, 0, 32, &opened), INVAL);
  GIVES(raw_path_filestat_get(RW, 2, PATH("made"), &(filestat_t){0}), INVAL);
  GIVES(raw_path_filestat_set_times(RW, 0, PATH("made"), 0, 0, 16), INVAL);
  GIVES(raw_path_link(RW, 2, PATH("made"), RW, PATH("linked")), INVAL);

  CASE("path_open takes dots and slashes within a path");
  OK(raw_path_create_directory(RW, PATH("dots")));
  OK(raw_path_create_directory(RW, PATH("dots/inner")));
  make_file("dots/inner/file", "");
  OPENS(open_path("dots/.//inner/../../dots/inner/../inner///./file", 0, 0));
  OPENS(open_path("dots/inner/", 0, 0));
  OPENS(open_path("dots/inner///", 0, DIRECTORY));
  OPENS(open_path(".", 0, 0));
  OPENS(open_path("dots/..", 0, 0));

  CASE("a slash behind the name of a file is an error");
  GIVES(open_path("dots/inner/file/", 0, 0), NOTDIR);
  GIVES(open_path("dots/inner/file/.", 0, 0), NOTDIR);
  GIVES(open_path("dots/inner/file///", 0, 0), NOTDIR);
  GIVES(open_path("made/inner", 0, 0), NOTDIR);

  CASE("a descriptor of a folder opens what is in it, and nothing above it");
  uint32_t inner = UINT32_MAX;
  if (OK(raw_path_open(RW, 0, PATH("dots/inner"), DIRECTORY, RIGHT_READ, RIGHT_READ, 0, &inner))) {
    OPENS(open_at(inner, "file", 0, 0, RIGHT_READ));
    GIVES(open_at(inner, "../inner/file", 0, 0, RIGHT_READ), OUTSIDE);
    GIVES(open_at(inner, "..", 0, 0, RIGHT_READ), OUTSIDE);
    OK(raw_fd_close(inner));
  }

  CASE("path_open of a FIFO or a socket doesn't block and doesn't open it");
  GIVES(open_at(RW, "specials/fifo", 0, 0, RIGHT_READ), NOTSUP, INVAL, PERM, ACCES, NXIO, NOTCAPABLE);
  GIVES(open_at(RW, "specials/fifo", 0, 0, RIGHT_WRITE), NOTSUP, INVAL, PERM, ACCES, NXIO, NOTCAPABLE);
  GIVES(open_at(RW, "specials/fifo", FOLLOW, TRUNC, RIGHT_WRITE), NOTSUP, INVAL, PERM, ACCES, NXIO, NOTCAPABLE);
  GIVES(open_at(RW, "specials/socket", 0, 0, RIGHT_READ), NOTSUP, INVAL, PERM, ACCES, NXIO, NOTCAPABLE);
}

/* A path in each function that takes one; the function must give one of two errnos, and change nothing. */
static void everywhere(uint32_t dir, const char *path, uint32_t len, int one, int two) {
  filestat_t stat;
  char bytes[16];
  uint32_t used = 0;
  GIVES(raw_path_open(dir, FOLLOW, path, len, 0, RIGHT_READ, 0, 0, &opened), one, two);
  GIVES(raw_path_open(dir, 0, path, len, CREAT, RIGHT_WRITE, 0, 0, &opened), one, two);
  GIVES(raw_path_open(dir, 0, path, len, DIRECTORY, RIGHT_READ, 0, 0, &opened), one, two);
  GIVES(raw_path_create_directory(dir, path, len), one, two);
  GIVES(raw_path_remove_directory(dir, path, len), one, two);
  GIVES(raw_path_unlink_file(dir, path, len), one, two);
  GIVES(raw_path_filestat_get(dir, 0, path, len, &stat), one, two);
  GIVES(raw_path_filestat_get(dir, FOLLOW, path, len, &stat), one, two);
  GIVES(raw_path_filestat_set_times(dir, FOLLOW, path, len, 1, 1, SET_MTIM), one, two);
  GIVES(raw_path_readlink(dir, path, len, bytes, sizeof bytes, &used), one, two);
  GIVES(raw_path_symlink(PATH("target"), dir, path, len), one, two);
  GIVES(raw_path_link(dir, 0, path, len, RW, PATH("hostile")), one, two);
  GIVES(raw_path_link(RW, 0, PATH("made"), dir, path, len), one, two);
  GIVES(raw_path_rename(dir, path, len, RW, PATH("hostile")), one, two);
  GIVES(raw_path_rename(RW, PATH("made"), dir, path, len), one, two);
  GIVES(open_path("hostile", 0, 0), NOENT);
  CHECK(filetype_of("made") == REGULAR_FILE);
}

static void hostile(void) {
  CASE("no function takes an absolute path");
  everywhere(RW, PATH("/etc/passwd"), OUTSIDE);
  everywhere(RW, PATH("/"), OUTSIDE);
  everywhere(RW, PATH("//rw/made"), OUTSIDE);

  CASE("no function takes a path that leaves the folder");
  everywhere(RW, PATH("../outside/secret"), OUTSIDE);
  everywhere(RW, PATH("folder/../../outside/secret"), OUTSIDE);
  everywhere(RW, PATH("../rw/made"), OUTSIDE);
  everywhere(RW, PATH("./.././rw/made"), OUTSIDE);

  CASE("no function goes through a symbolic link that leaves the folder");
  everywhere(RW, PATH("escape/secret"), OUTSIDE);
  everywhere(RW, PATH("absolute/passwd"), OUTSIDE);
  everywhere(RW, PATH("folder/../escape/secret"), OUTSIDE);

  CASE("no function takes a path with a NUL");
  everywhere(RW, PATH("made\0"), INVAL, ILSEQ);
  everywhere(RW, PATH("made\0/../.."), INVAL, ILSEQ);
  everywhere(RW, PATH("\0"), INVAL, ILSEQ);

  CASE("no function takes a path that isn't UTF-8");
  everywhere(RW, PATH("\xff"), ILSEQ, INVAL);
  everywhere(RW, PATH("folder/\xc3"), ILSEQ, INVAL);
  everywhere(RW, PATH("\xed\xa0\x80"), ILSEQ, INVAL);

  CASE("no function takes a name of more than 255 bytes");
  static char path[200000];
  memset(path, 'n', sizeof path);
  everywhere(RW, path, 256, NAMETOOLONG, INVAL);
  everywhere(RW, path, 4095, NAMETOOLONG, INVAL);

  CASE("no function takes a path that the system finds too long");
  for (uint32_t i = 1; i < sizeof path; i += 2) path[i] = '/';
  everywhere(RW, path, sizeof path, NAMETOOLONG, NOENT);

  CASE("no function takes an empty path");
  everywhere(RW, NULL, 0, NOENT, INVAL);
}

static void links(void) {
  filestat_t stat = {0};

  CASE("path_open follows a symbolic link if it is told to");
  make_file("made", "behind the link");
  OK(raw_path_symlink(PATH("made"), RW, PATH("link")));
  OPENS(open_path("link", FOLLOW, 0));
  GIVES(open_path("link", 0, 0), LOOP);
  GIVES(open_path("link", 0, DIRECTORY), LOOP, NOTDIR);
  GIVES(open_path("link", FOLLOW, DIRECTORY), NOTDIR);

  CASE("a symbolic link within a path is followed");
  OK(raw_path_symlink(PATH("folder"), RW, PATH("way")));
  make_file("folder/end", "");
  OPENS(open_path("way/end", 0, 0));

  CASE("a symbolic link that leads out of the folder isn't followed");
  GIVES(open_path("escape_file", FOLLOW, 0), OUTSIDE);
  GIVES(open_path("escape", FOLLOW, DIRECTORY), OUTSIDE);
  GIVES(open_path("absolute", FOLLOW, DIRECTORY), OUTSIDE);
  GIVES(raw_path_filestat_get(RW, FOLLOW, PATH("escape_file"), &stat), OUTSIDE);
  GIVES(raw_path_filestat_set_times(RW, FOLLOW, PATH("escape_file"), 1, 1, SET_MTIM), OUTSIDE);

  CASE("path_open with creat doesn't make a file behind a link that leaves the folder");
  OK(raw_path_symlink(PATH("../outside/new"), RW, PATH("outward")));
  GIVES(open_path("outward", FOLLOW, CREAT), OUTSIDE);
  GIVES(open_path("outward", 0, CREAT), LOOP, EXIST, OUTSIDE);

  CASE("symbolic links in a circle are loop");
  OK(raw_path_symlink(PATH("circle b"), RW, PATH("circle a")));
  OK(raw_path_symlink(PATH("circle a"), RW, PATH("circle b")));
  GIVES(open_path("circle a", FOLLOW, 0), LOOP);
  GIVES(open_path("circle a/inner", 0, 0), LOOP);
  GIVES(raw_path_filestat_get(RW, FOLLOW, PATH("circle a"), &stat), LOOP);

  CASE("path_filestat_get tells about the link or about the file behind it");
  OK(raw_path_filestat_get(RW, 0, PATH("link"), &stat));
  CHECK(stat.filetype == SYMBOLIC_LINK && stat.size == 4);
  OK(raw_path_filestat_get(RW, FOLLOW, PATH("link"), &stat));
  CHECK(stat.filetype == REGULAR_FILE && stat.size == 15 && stat.nlink == 1);
  GIVES(raw_path_filestat_get(RW, FOLLOW, PATH("dangling"), &stat), NOENT);
  OK(raw_path_filestat_get(RW, 0, PATH("dangling"), &stat));

  CASE("path_filestat_set_times sets the times of the link or of the file behind it");
  OK(raw_path_filestat_set_times(RW, FOLLOW, PATH("link"), 5, 7000000007, SET_MTIM));
  OK(raw_path_filestat_get(RW, 0, PATH("made"), &stat));
  CHECK(stat.mtim == 7000000007);
  OK(raw_path_filestat_set_times(RW, 0, PATH("link"), 9000000009, 5, SET_ATIM));
  OK(raw_path_filestat_get(RW, 0, PATH("link"), &stat));
  CHECK(stat.atim == 9000000009);
  OK(raw_path_filestat_set_times(RW, 0, PATH("dangling"), 0, 0, ATIM_NOW | MTIM_NOW));

  CASE("path_filestat_set_times refuses flags that contradict each other");
  GIVES(raw_path_filestat_set_times(RW, 0, PATH("made"), 1, 1, SET_ATIM | ATIM_NOW), INVAL);
  GIVES(raw_path_filestat_set_times(RW, 0, PATH("made"), 1, 1, SET_MTIM | MTIM_NOW), INVAL);
}

int main(void) {
  opening();
  hostile();
  links();
  end_case();
  return 0;
}
