/* Each function that changes something, in a folder that the host opened for reading only. */
#include "check.h"

static uint32_t opened;

static int32_t open_in(uint32_t dir, const char *path, uint32_t oflags, uint64_t rights, uint32_t fdflags) {
  return raw_path_open(dir, FOLLOW, path, (uint32_t)strlen(path), oflags, rights, rights, fdflags, &opened);
}

static void through(uint32_t dir) {
  CASE("no file is opened for writing, created or cut in a folder that may only be read");
  GIVES(open_in(dir, "file", 0, RIGHT_WRITE, 0), READ_ONLY);
  GIVES(open_in(dir, "file", 0, RIGHTS_OF_FILES, APPEND), READ_ONLY);
  GIVES(open_in(dir, "file", TRUNC, RIGHT_READ, 0), READ_ONLY);
  GIVES(open_in(dir, "file", CREAT | TRUNC, RIGHT_READ, 0), READ_ONLY);
  GIVES(open_in(dir, "new", CREAT, RIGHT_READ, 0), READ_ONLY);
  GIVES(open_in(dir, "new", CREAT | EXCL, RIGHT_READ, 0), READ_ONLY);
  GIVES(open_in(dir, "link", 0, RIGHT_WRITE, 0), READ_ONLY);
  GIVES(open_in(dir, "sub/inner", 0, RIGHT_WRITE, 0), READ_ONLY);

  CASE("no name is made, removed or moved in a folder that may only be read");
  GIVES(raw_path_create_directory(dir, PATH("new")), READ_ONLY);
  GIVES(raw_path_remove_directory(dir, PATH("empty")), READ_ONLY);
  GIVES(raw_path_unlink_file(dir, PATH("file")), READ_ONLY);
  GIVES(raw_path_unlink_file(dir, PATH("link")), READ_ONLY);
  GIVES(raw_path_symlink(PATH("file"), dir, PATH("new")), READ_ONLY);
  GIVES(raw_path_link(dir, 0, PATH("file"), dir, PATH("new")), READ_ONLY);
  GIVES(raw_path_link(RW, 0, PATH("mine"), dir, PATH("new")), READ_ONLY);
  GIVES(raw_path_rename(dir, PATH("file"), dir, PATH("new")), READ_ONLY);
  GIVES(raw_path_rename(dir, PATH("file"), RW, PATH("new")), READ_ONLY);
  GIVES(raw_path_rename(RW, PATH("mine"), dir, PATH("new")), READ_ONLY);

  CASE("no second name is made of a file that may only be read");
  GIVES(raw_path_link(dir, 0, PATH("file"), RW, PATH("stolen")), READ_ONLY);
  GIVES(raw_path_link(dir, FOLLOW, PATH("link"), RW, PATH("stolen")), READ_ONLY, INVAL);

  CASE("no times are set in a folder that may only be read");
  GIVES(raw_path_filestat_set_times(dir, 0, PATH("file"), 1, 1, SET_MTIM), READ_ONLY);
  GIVES(raw_path_filestat_set_times(dir, FOLLOW, PATH("link"), 1, 1, MTIM_NOW), READ_ONLY);

  CASE("a file that may only be read can't be changed through its descriptor");
  uint32_t len = 0;
  vector_t out = {"x", 1};
  if (OK(open_in(dir, "file", 0, RIGHT_READ, 0))) {
    GIVES(raw_fd_write(opened, &out, 1, &len), READ_ONLY, BADF);
    GIVES(raw_fd_pwrite(opened, &out, 1, 0, &len), READ_ONLY, BADF);
    GIVES(raw_fd_filestat_set_size(opened, 0), READ_ONLY, BADF, INVAL);
    GIVES(raw_fd_filestat_set_times(opened, 1, 1, SET_MTIM), READ_ONLY, BADF);
    GIVES(raw_fd_allocate(opened, 0, 1000), READ_ONLY, BADF, NOTSUP);
    GIVES(raw_fd_fdstat_set_rights(opened, ALL_RIGHTS, ALL_RIGHTS), NOTCAPABLE, NOTSUP);
    OK(raw_fd_fdstat_set_flags(opened, APPEND));
    GIVES(raw_fd_write(opened, &out, 1, &len), READ_ONLY, BADF);
    OK(raw_fd_close(opened));
  }
  GIVES(raw_fd_filestat_set_times(dir, 1, 1, SET_MTIM), READ_ONLY, BADF);
}

int main(void) {
  make_file("mine", "mine");
  through(RO);

  CASE("a folder in a folder that may only be read may only be read");
  uint32_t sub = UINT32_MAX;
  OK(raw_path_open(RO, 0, PATH("sub"), DIRECTORY, RIGHT_READ, ALL_RIGHTS, 0, &sub));
  GIVES(open_in(sub, "inner", 0, RIGHT_WRITE, 0), READ_ONLY);
  GIVES(raw_path_create_directory(sub, PATH("new")), READ_ONLY);
  GIVES(raw_path_unlink_file(sub, PATH("inner")), READ_ONLY);
  GIVES(raw_path_rename(RW, PATH("mine"), sub, PATH("new")), READ_ONLY);

  CASE("a descriptor in the place of the other keeps what it may do");
  OK(raw_fd_renumber(sub, RW));
  GIVES(raw_path_create_directory(RW, PATH("new")), READ_ONLY);

  CASE("what may be read is read");
  char bytes[256];
  uint32_t len = 0;
  vector_t in = {bytes, sizeof bytes};
  filestat_t stat;
  OK(open_in(RO, "link", 0, RIGHT_READ, 0));
  OK(raw_fd_read(opened, &in, 1, &len));
  CHECK(len == 8 && memcmp(bytes, "readable", 8) == 0);
  OK(raw_path_filestat_get(RO, 0, PATH("sub/inner"), &stat));
  OK(raw_fd_readdir(RO, bytes, sizeof bytes, 0, &len));
  CHECK(len > 0);
  OK(raw_path_readlink(RO, PATH("link"), bytes, sizeof bytes, &len));
  CHECK(len == 4);
  end_case();
  return 0;
}
